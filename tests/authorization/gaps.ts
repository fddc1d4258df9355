import { actorNames, signedIn, type Actor } from "./actors.ts";
import { outcomeFor, titleOf, type Cells, type Outcome, type Row } from "./row.ts";
import { targetKinds, targets, type TargetName } from "./targets.ts";

/** What an actor gets of something that they may not see: nothing that tells it from what is not there. */
const denials: readonly (Outcome | undefined)[] = [
  "UNAUTHORIZED",
  "INVALID_CREDENTIALS",
  "NOT_FOUND",
  "VALIDATION_FAILED",
  "hidden",
];

/** Where a matrix does not say exactly one thing of everything, in a line each. */
export function gapsOf(matrix: readonly Row[], procedures: readonly string[]): string[] {
  const named = new Set(matrix.map((row) => row.procedure));
  return [
    ...procedures.filter((name) => !named.has(name)).map((name) => `${name} has no row`),
    ...[...named].filter((name) => !procedures.includes(name)).map((name) => `${name} is no procedure`),
    ...matrix.flatMap((row) => gapsOfRow(row).map((gap) => `${titleOf(row)}: ${gap}`)),
  ];
}

function gapsOfRow(row: Row): string[] {
  if (row.type === "stream") {
    const happenings = Object.entries({ ...row.delivers, ...row.replays });
    return [
      ...gapsOfCells("opens", row.opens, actorNames),
      ...happenings.flatMap(([name, cells]) => gapsOfCells(name, cells, signedIn)),
      ...unspokenKinds(row, []),
    ];
  }
  const said = Object.entries(row.targets) as [TargetName, Cells][];
  return [
    ...said.flatMap(([name, cells]) => gapsOfCells(name, cells, actorNames)),
    ...said.flatMap(([name, cells]) => betrayals(name, cells)),
    ...unspokenKinds(
      row,
      said.map(([name]) => targets[name].kind),
    ),
  ];
}

function gapsOfCells(name: string, cells: Cells, actors: readonly Actor[]): string[] {
  const said = Object.values(cells).flat();
  return [
    ...actors.filter((actor) => !said.includes(actor)).map((actor) => `${name} says nothing of ${actor}`),
    ...said
      .filter((actor, index) => said.indexOf(actor) !== index || !actors.includes(actor))
      .map((actor) => `${name} says too much of ${actor}`),
  ];
}

/** The kinds of target that have neither cells nor a reason, or both. */
function unspokenKinds(row: Row, said: readonly string[]): string[] {
  return targetKinds.flatMap((kind) => {
    const excused = row.without?.[kind] !== undefined;
    if (said.includes(kind) === excused) return [`${kind} needs cells or a reason why it has none`];
    return [];
  });
}

function betrayals(name: TargetName, cells: Cells): string[] {
  const { kind, visibleTo } = targets[name];
  if (kind !== "other's") return [];
  return actorNames
    .filter((actor) => !visibleTo.some((other) => other === actor))
    .filter((actor) => !denials.includes(outcomeFor(cells, actor)))
    .map((actor) => `${name} betrays to ${actor} that it exists`);
}
