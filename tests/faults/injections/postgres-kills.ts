import { setTimeout as pause } from "node:timers/promises";
import { postgresFolder } from "../../support/postgres/binaries.ts";
import { acknowledgedMore, judge, startReaders, startWriters, stopWriters } from "../stage/play.ts";
import { createPostgresRun, type PostgresRun } from "../stage/postgres.ts";
import type { Stage } from "../stage/stage.ts";
import type { Fault, RunOutcome, Scale } from "./fault.ts";
import { writersOf } from "./kill.ts";
import { runOnStage, type Notes } from "./run-on-stage.ts";

const skip = () =>
  postgresFolder(18) === undefined
    ? "there is no PostgreSQL 18 for this platform among the packages"
    : undefined;

/** Sends on PostgreSQL, with something done to one of the two processes on the way. */
async function disturbed(
  seed: number,
  scale: Scale,
  disturb: (stage: Stage, postgres: PostgresRun, notes: Notes) => Promise<void>,
): Promise<RunOutcome> {
  const postgres = await createPostgresRun();
  return await runOnStage(seed, postgres, async (stage, notes) => {
    const { server, random } = stage;
    await server.start();
    const readers = await startReaders(stage);
    const writers = startWriters(stage, { writers: writersOf(scale) });
    await acknowledgedMore(stage, 1);
    await pause(random.below(600));
    await disturb(stage, postgres, notes);
    await stopWriters(writers);
    return await judge(stage, readers);
  });
}

/** `kill -9` of the server, on PostgreSQL. */
export const postgresServerKill: Fault = {
  name: "postgres-server-kill",
  what: "On PostgreSQL: `kill -9` of the server during sends, then a start",
  demand: "ready again",
  runs: 50,
  lanes: 1,
  skip,
  run: (seed, scale) =>
    disturbed(seed, scale, async (stage, _postgres, { measure }) => {
      stage.history.add({ kind: "nemesis", what: "kill" });
      await stage.server.kill();
      measure("ready again after, ms", await stage.server.start());
      await acknowledgedMore(stage, 30);
    }),
};

/** `kill -9` of PostgreSQL under the server, which has to live on. */
export const postgresKill: Fault = {
  name: "postgres-kill",
  what: "`kill -9` of PostgreSQL during sends, and its start a second later, under a server that goes on",
  demand: "the server lives, and writes resume within 10 s",
  runs: 20,
  lanes: 1,
  skip,
  run: (seed, scale) =>
    disturbed(seed, scale, async (stage, { server: database }, { measure, fault }) => {
      stage.history.add({ kind: "nemesis", what: "kill PostgreSQL" });
      await database.kill();
      await pause(1_000);
      await database.start();
      const resumedMs = await acknowledgedMore(stage, 1);
      measure("writes resumed after, ms", resumedMs);
      if (resumedMs > 10_000) fault(`writes resumed after ${resumedMs} ms`);
      await acknowledgedMore(stage, 30);
    }),
};
