import { setTimeout as pause } from "node:timers/promises";
import { postgresFolder } from "../../support/postgres/binaries.ts";
import { acknowledgedMore } from "../stage/play.ts";
import { createPostgresRun } from "../stage/postgres.ts";
import { duringSends } from "./during-sends.ts";
import type { Fault } from "./fault.ts";
import { runOnStage } from "./run-on-stage.ts";

const skip = () =>
  postgresFolder(18) === undefined
    ? "there is no PostgreSQL 18 for this platform among the packages"
    : undefined;

/** `kill -9` of the server, on PostgreSQL. */
export const postgresServerKill: Fault = {
  name: "postgres-server-kill",
  what: "On PostgreSQL: `kill -9` of the server during sends, then a start",
  demand: "ready again",
  runs: 50,
  lanes: 1,
  skip,
  run: async (seed, scale) =>
    runOnStage(seed, await createPostgresRun(), async (stage, { measure }) => {
      const { server, history } = stage;
      await server.start();
      return await duringSends(stage, scale, async () => {
        history.add({ kind: "nemesis", what: "kill" });
        await server.kill();
        measure("ready again after, ms", await server.start());
      });
    }),
};

/** `kill -9` of PostgreSQL under the server, which has to live on. */
export const postgresKill: Fault = {
  name: "postgres-kill",
  what: "`kill -9` of PostgreSQL during sends, and its start a second later, under a server that goes on",
  demand: "the server lives, and writes resume within 10 s",
  runs: 50,
  lanes: 1,
  skip,
  async run(seed, scale) {
    const postgres = await createPostgresRun();
    return await runOnStage(seed, postgres, async (stage, { measure, fault }) => {
      await stage.server.start();
      return await duringSends(stage, scale, async () => {
        stage.history.add({ kind: "nemesis", what: "kill PostgreSQL" });
        await postgres.server.kill();
        await pause(1_000);
        await postgres.server.start();
        const resumedMs = await acknowledgedMore(stage, 1);
        measure("writes resumed after, ms", resumedMs);
        if (resumedMs > 10_000) fault(`writes resumed after ${resumedMs} ms`);
      });
    });
  },
};
