import { isDeepStrictEqual } from "node:util";
import type { Answer } from "./answer.ts";
import { cellsOf, isGranted, type Cell } from "./cells-of-row.ts";
import { procedureNamed } from "./procedures.ts";
import { titleOf, type CallRow } from "./row.ts";
import type { Stage } from "./stage.ts";
import type { Subject } from "./subject.ts";
import { createSubjects, type Subjects } from "./subjects.ts";
import type { Surface } from "./surfaces.ts";
import { targets } from "./targets.ts";

export interface Run {
  readonly stage: Stage;
  readonly surfaces: readonly Surface[];
  /** The subjects that serve all rows. */
  readonly subjects: Subjects;
}

interface Result {
  readonly cell: Cell;
  readonly answer: Answer | undefined;
  readonly got: Cell["expected"];
}

/** Makes every call that a row speaks of and says in a line each what came out otherwise. */
export async function runRow(run: Run, row: CallRow): Promise<string[]> {
  const cells = cellsOf(row);
  const refused = cells.filter((cell) => !isGranted(cell));
  const subjects = row.fresh === "row" ? createSubjects(run.stage) : run.subjects;
  // All of them before the first call, so that nothing but calls can change what is stored.
  for (const cell of cells) await subjects.find(cell);

  const before = await run.stage.stored.snapshot();
  const refusals: Result[] = [];
  for (const cell of refused) refusals.push(await call(run, row, cell, await subjects.find(cell)));
  const after = await run.stage.stored.snapshot();

  const successes: Result[] = [];
  for (const cell of cells.filter(isGranted)) {
    const subject = row.fresh === "call" ? await subjects.make(cell) : await subjects.find(cell);
    successes.push(await call(run, row, cell, subject));
  }

  const changed = Object.keys(before).filter((table) => !isDeepStrictEqual(before[table], after[table]));
  return [
    ...[...refusals, ...successes]
      .filter(({ cell, got }) => got !== cell.expected)
      .map(({ cell, got }) => `${nameOf(row, cell)}: expected ${cell.expected}, got ${got}`),
    ...changed.map((table) => `${titleOf(row)}: a refused call changed ${table}`),
    ...tellingRefusals(row, refusals),
  ];
}

function nameOf(row: CallRow, { actor, target, surface }: Cell): string {
  return `${titleOf(row)} · ${actor} · ${target} · ${surface}`;
}

async function call({ stage, surfaces }: Run, row: CallRow, cell: Cell, subject: Subject): Promise<Result> {
  const surface = surfaces.find(({ name }) => name === cell.surface);
  const token = await stage.tokenOf(cell.actor, isGranted(cell) ? row.spends : undefined);
  const input = row.input?.(subject, stage.idsFor(cell.actor));
  const answer = await surface?.call(procedureNamed(row.procedure), input, token);
  return { cell, answer, got: gotFrom(row, answer, subject) };
}

function gotFrom({ finds }: CallRow, answer: Answer | undefined, subject: Subject): Result["got"] {
  if (!answer) return "no route";
  if (answer.outcome !== "ok" || !finds) return answer.outcome;
  return finds(answer.data as never, subject) ? "shown" : "hidden";
}

/** What an actor may not see must be refused in the same bytes as what does not exist. */
function tellingRefusals(row: CallRow, refusals: readonly Result[]): string[] {
  const first = new Map<string, Answer>();
  return refusals.flatMap(({ cell, answer }) => {
    if (!answer || targets[cell.target].visibleTo.some((actor) => actor === cell.actor)) return [];
    const key = `${cell.actor} ${cell.surface} ${answer.outcome}`;
    const same = first.get(key) ?? answer;
    first.set(key, same);
    if (same.seen === answer.seen) return [];
    return `${nameOf(row, cell)}: can be told from other things that are not there: ${answer.seen} instead of ${same.seen}`;
  });
}
