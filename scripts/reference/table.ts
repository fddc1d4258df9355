/** A Markdown table, padded as the project's formatter would. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [header, rule, ...cells].map(line).join("\n");
}

/** What stands at the top of every page made here. */
export const generatedFrom = (source: string) =>
  `<!-- Made from ${source} by \`pnpm generate\`: change it there. -->`;
