import { format } from "prettier";
import { isMet, type Column, type Target } from "./benchmark.ts";
import type { RecordedRun, Results } from "./results.ts";

const begin = "<!-- The results up to the next such line are written by `pnpm bench`. -->";
const end = "<!-- Written by hand again. -->";

/** The page with the results in it; what is written by hand around them stays. */
export async function performancePage(page: string, results: Results): Promise<string> {
  const [before, rest] = split(page, begin);
  const [, after] = split(rest, end);
  const sections = Object.values(results).map(section).join("\n\n");
  return await format(`${before}${begin}\n\n${sections}\n\n${end}${after}`, {
    parser: "markdown",
    printWidth: 110,
  });
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`The page lacks the line ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function section(run: RecordedRun): string {
  const { title, about, columns, rows, targets, machine, command, measured, rounds, seconds } = run;
  const figures = rows.map(({ name, figures }) => [
    name,
    ...columns.map((column) => show(column, figures[column.key])),
  ]);
  return [
    `## ${title}`,
    about,
    table(["", ...columns.map(({ label }) => label)], figures),
    table(["target", "", "measured", ""], targets.map(targetRow)),
    `\`${command}\`, ${measured}: medians of ${rounds} rounds of ${seconds} s on ${machine.cores} cores (${machine.cpu}), ${machine.memory_gb} GB, ${machine.system}, Node ${machine.node}, a 4 KiB write with sync ${machine.fsync_ms} ms.`,
  ].join("\n\n");
}

function show({ digits = 0 }: Column, value: number | undefined): string {
  if (value === undefined) return "";
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function targetRow(target: Target): string[] {
  const { what, measured, atLeast, atMost } = target;
  const limit = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return [what, limit, String(Number(measured.toPrecision(3))), isMet(target) ? "met" : "**not met**"];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map(line).join("\n");
}
