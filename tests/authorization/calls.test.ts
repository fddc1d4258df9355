import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callRows } from "./matrix/index.ts";
import { titleOf } from "./row.ts";
import { runRow, type Run } from "./run-row.ts";
import { openStage, type Stage } from "./stage.ts";
import { createSubjects } from "./subjects.ts";
import { openSurfaces } from "./surfaces.ts";

let stage: Stage;
let run: Run;

beforeAll(async () => {
  stage = await openStage();
  run = { stage, surfaces: openSurfaces(stage.server), subjects: createSubjects(stage) };
});

afterAll(async () => {
  for (const surface of run.surfaces) await surface[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

describe("every surface decides as the matrix says, and what is refused changes nothing", () => {
  it.each(callRows.map((row) => [titleOf(row), row] as const))(
    "%s",
    async (_title, row) => {
      expect(await runRow(run, row)).toEqual([]);
    },
    60_000,
  );
});
