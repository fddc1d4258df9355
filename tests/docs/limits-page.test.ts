import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { limitsPage } from "../../scripts/reference/limits-page.ts";

test("the page of limits is what the tables say", async () => {
  const page = join(import.meta.dirname, "../../docs/reference/limits.md");
  expect(await readFile(page, "utf8")).toBe(limitsPage());
});
