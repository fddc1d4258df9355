import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { streamRows } from "./matrix/index.ts";
import { runStream } from "./run-stream.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

describe("what happens reaches those whom the matrix names and nobody else, live and on resuming", () => {
  it.each(streamRows.map((row) => [row.procedure, row] as const))(
    "%s",
    async (_name, row) => {
      expect(await runStream(stage, row)).toEqual([]);
    },
    60_000,
  );
});
