import type { Contract } from "./shape.ts";

const lines = (entries: Readonly<Record<string, unknown>>) =>
  Object.entries(entries)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(",\n");

/** A contract as a file with one line for each thing promised: a review shows which of them changed. */
export function writtenContract({ promises, named }: Contract): string {
  return `{\n  "promises": {\n${lines(promises)}\n  },\n  "named": {\n${lines(named)}\n  }\n}\n`;
}
