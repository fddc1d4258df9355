import { CauserieError } from "../errors.ts";

/** The server's limit, in code points. Its limit in bytes can then not be reached. */
const longest = 4_000;

/** Refuses a text that the server is known to refuse, in its words. */
export function checkContent(content: string): void {
  const isLong = content.length > longest && [...content].length > longest;
  const msg = isLong ? `must have at most ${longest} characters` : "must not be blank";
  if (!isLong && content.trim()) return;
  const issues = [{ loc: ["body", "content"], msg, type: "value_error" }];
  throw new CauserieError("VALIDATION_FAILED", `content ${msg}.`, { issues });
}
