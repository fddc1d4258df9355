import { expect, it } from "vitest";
import { titleOf } from "./row.ts";
import { matrix } from "./matrix/index.ts";
import { authorizationReference } from "./reference.ts";

it("the page has a table for every row of the matrix, with a cell for every actor", () => {
  const sections = authorizationReference().split("\n### ").slice(1);
  expect(sections.map((section) => section.split("\n")[0])).toEqual(matrix.map(titleOf));
  for (const section of sections) expect(section).toMatch(/^\| subscribing \||^\| about \|/m);
  expect(authorizationReference()).toContain(
    "| group message | UNAUTHORIZED | NOT_FOUND | NOT_FOUND | FORBIDDEN | ok | FORBIDDEN | FORBIDDEN | NOT_FOUND |",
  );
});
