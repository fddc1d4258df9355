import { expect } from "vitest";

/** What only the server's people may read: stacks, files, SQL and the database's own words. */
const inside =
  /node_modules|\/packages\/|file:|\.[cm]?[jt]s:\d|\bat \S+ \(|\bselect .+ from\b|insert into|SQLITE|no such (table|column)|relation "|violates|invalid input syntax|byte sequence|Postgre|ZodError|TRPCError/i;

/** What was answered, headers or body, shows nothing of the server's inside. */
export function expectNoLeak(answer: string): void {
  expect(answer).not.toMatch(inside);
}
