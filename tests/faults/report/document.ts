import type { Fault } from "../injections/fault.ts";
import type { FaultResult, Results } from "./results.ts";

const introduction = `# What was done to the server, and what became of the messages

This page is generated from \`reliability.json\` by \`pnpm faults\`. A real server runs as a process of
its own on a real database. Writers send over \`/trpc\`, the chat socket and REST, several messages at
a time; a send whose answer never came is sent again with the same \`client_message_id\`. Readers follow
\`events.stream\` over WebSocket and server-sent events, and resume from their last cursor whenever they
are cut. Then something goes wrong, at a moment that a seed chooses. When all is well again, every
conversation is read through the API and held against what was acknowledged and what was seen.

In the rows that begin with \`sdk-\`, writers and readers are programs that use \`@causerie/client\`, in processes of their
own on Node and in tabs of Chromium, behind a proxy. There a send counts as acknowledged when its promise resolved, or the
outbox of a later life told that it was sent; a message that an outbox had kept and that is not stored is lost too.

- **acknowledged**: sends that were answered with success.
- **lost**: acknowledged, or seen by a reader, and afterwards not stored under that \`seq\`.
- **doubled**: stored twice, or seen twice by one reader.
- **out of order**: of one writer in one conversation, stored otherwise than sent; or seen otherwise than stored.
- **gaps**: a \`seq\` that a conversation lacks.
- **unseen**: stored, and never seen by a reader who was in the conversation.
- **leaked**: seen by somebody who was not in the conversation.
- **phantom**: refused and yet stored, or stored and never sent.
- **exits**: times the server ended by itself.
- **seeds**: run after run took the next; one of them with \`--runs 1\` makes the same choices again.

A row tells of one call of \`pnpm faults\`: of one build, on one machine. The next call with that fault replaces
the row, and nothing is added up over calls. Rows may be of different builds; each fault below has its date.
`;

const columns = [
  ["acknowledged", "acknowledged"],
  ["lost", "lost"],
  ["doubled", "doubled"],
  ["misordered", "out of order"],
  ["gaps", "gaps"],
  ["unseen", "unseen"],
  ["leaked", "leaked"],
  ["phantom", "phantom"],
  ["exits", "exits"],
] as const;

const meaning = `## What this says, and what not

Nothing wrong in *n* runs does not mean "never": it bounds the rate of runs with something wrong below
3/*n*, at 95 % confidence. For 300 runs that is 1 %.

The power cut is simulated: a library loaded before the system's keeps a second copy of the data folder
that holds only what was synced (\`tests/faults/power-cut/power-cut.c\`). The server is killed and the
folder replaced by that copy. Bytes written since a file's last \`fsync\` or \`fdatasync\` are gone; names
made, changed or removed since the last \`fsync\` of the folder are as they were. That is harsher than most
file systems, which write much of it anyway. It does not model sectors that are half written, writes that
reach the disk in another order, or a disk that reports a sync it did not do. A control that commits with
\`synchronous=NORMAL\` and \`OFF\` loses acknowledged rows under the same shim, and a test sees to it that it does.

The PostgreSQL of the tests runs with \`fsync=off\`: its process is killed, its machine is not. Writers,
readers and server share one machine, so the times above are longer than a server alone would take.
`;

/** The report as Markdown. */
export function documentOf(faults: readonly Fault[], results: Results): string {
  const done = faults.flatMap((fault) => {
    const result = results[fault.name];
    return result ? [{ fault, result }] : [];
  });
  const head = ["fault", "runs", ...columns.map(([, title]) => title), "seeds"];
  const rows = done.map(({ fault, result }) => [
    `\`${fault.name}\``,
    number(result.runs),
    ...columns.map(([name]) => (result.runs === 0 ? "" : number(result.counts[name]))),
    seedsOf(result),
  ]);
  return [
    introduction,
    "## Results\n",
    table([head, ...rows]),
    "## Each fault\n",
    ...done.map(({ fault, result }) => section(fault, result)),
    meaning,
  ].join("\n");
}

function section(fault: Fault, result: FaultResult): string {
  const demand = fault.demand === undefined ? "" : ` Besides the counts must hold: ${fault.demand}.`;
  const lines = [`### \`${fault.name}\`\n`, `${fault.what}.${demand}\n`];
  if (result.skipped !== undefined) lines.push(`Not run: ${result.skipped}.\n`);
  if (result.runs > 0) {
    const { runs, failed } = result;
    lines.push(
      `- ${runs} runs, seeds ${seedsOf(result)}, on ${result.date}; ${result.machine}; Node ${result.node}`,
    );
    if (failed.length === 0) lines.push(`- nothing wrong in any run: a rate below ${bound(runs)}`);
    for (const [name, { median, most }] of Object.entries(result.measures)) {
      lines.push(`- ${name}: ${number(median)} (median), ${number(most)} at most`);
    }
    for (const { seed: of, why } of failed) {
      lines.push(
        `- **failed**: ${why.slice(0, 200)}\n  \`pnpm faults --fault ${fault.name} --seed ${of} --runs 1\``,
      );
    }
    lines.push("");
  }
  return lines.join("\n");
}

const seedsOf = ({ seed, runs }: FaultResult) =>
  runs > 1 ? `${seed} to ${seed + runs - 1}` : runs === 1 ? String(seed) : "not run";
const bound = (runs: number) =>
  runs < 3 ? "what so few runs can tell" : `${((3 / runs) * 100).toFixed(1)} %`;
const number = (value: number) => value.toLocaleString("en-GB");

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return `${[line(head), line(rule), ...rows.map(line)].join("\n")}\n`;
}
