import { actorNames, actors } from "./actors.ts";
import { matrix } from "./matrix/index.ts";
import { outcomeFor, titleOf, type CallRow, type Cells, type Row, type StreamRow } from "./row.ts";
import { targets, type TargetName } from "./targets.ts";

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function line(name: string, cells: Cells): string[] {
  return [name, ...actorNames.map((actor) => outcomeFor(cells, actor) ?? "")];
}

function reasons({ without = {} }: Row): string {
  return Object.entries(without)
    .map(([kind, why]) => `- ${kind}: ${why}.\n`)
    .join("");
}

function callSection(row: CallRow): string {
  const lines = Object.entries(row.targets).map(([name, cells]) => line(name, cells));
  const elsewhere = Object.entries(row.notOver ?? {}).map(
    ([surface, { answer, why }]) => `- ${surface}: \`${answer}\` for everybody, because ${why}.\n`,
  );
  return `${table(["about", ...actorNames], lines)}\n\n${reasons(row)}${elsewhere.join("")}`;
}

function streamSection(row: StreamRow): string {
  const replayed = Object.entries(row.replays ?? {}).map(([name, cells]) =>
    line(`${name}, on resuming later`, cells),
  );
  const lines = Object.entries(row.delivers).map(([name, cells]) => line(name, cells));
  return `${table(["what happens", ...actorNames], [line("subscribing", row.opens), ...lines, ...replayed])}\n\n${reasons(row)}`;
}

function section(row: Row): string {
  const body = row.type === "call" ? callSection(row) : streamSection(row);
  return `### ${titleOf(row)}\n\n${row.rule}\n\n${body}`;
}

/** docs/reference/authorization.md: what everybody gets of every procedure, from the matrix that the tests run. */
export function authorizationReference(): string {
  const people = Object.entries(actors).map(([name, text]) => [name, text]);
  const things = (Object.keys(targets) as TargetName[]).map((name) => [
    name,
    targets[name].kind,
    targets[name].text,
  ]);
  return `<!-- Made from tests/authorization by \`pnpm generate\`: change it there. -->

# Who may do what

Each table says what comes of a call: \`ok\`, or the code of an error. Where a call answers with a
selection, and where things happen that a subscription may tell of, it says whether the caller is
shown the thing. The tests make every one of these calls over tRPC on HTTP, tRPC on a WebSocket
and REST, and all three must decide alike. A refused call changes nothing, and what somebody may
not see is refused in the same bytes as what does not exist.

## Who calls

${table(["caller", "who that is"], people)}

## What a call is about

${table(["about", "whose", "what that is"], things)}

## Procedures

${matrix.map(section).join("\n")}`;
}
