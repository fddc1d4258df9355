/** Tells the operator what is being done, apart from a command's result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Now, as it stands in names of files: `20260115T103000123Z`, exact enough for two commands in one second. */
export function stamp(): string {
  return new Date().toISOString().replace(/[-:.]/g, "");
}
