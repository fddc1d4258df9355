import { setTimeout as pause } from "node:timers/promises";
import { acknowledgedMore, judge, startReaders, startWriters, stopWriters } from "../stage/play.ts";
import type { Fault } from "./fault.ts";
import { writersOf } from "./kill.ts";
import { runOnStage } from "./run-on-stage.ts";

/** The server is killed, and killed again twice while it starts. */
export const killRecovery: Fault = {
  name: "kill-recovery",
  what: "`kill -9` during sends, and twice more while the server starts again (50 ms to as long as a start takes)",
  demand: "opens every time",
  runs: 50,
  lanes: 2,
  run: (seed, scale) =>
    runOnStage(seed, {}, async (stage, { measure }) => {
      const { server, history, random } = stage;
      const startMs = await server.start();
      const readers = await startReaders(stage);
      const writers = startWriters(stage, { writers: writersOf(scale) });
      await acknowledgedMore(stage, 1);
      await pause(random.below(600));
      history.add({ kind: "nemesis", what: "kill" });
      await server.kill();
      for (const _ of [1, 2]) {
        server.launch();
        await pause(50 + random.below(startMs));
        history.add({ kind: "nemesis", what: "kill during the start" });
        await server.kill();
      }
      measure("ready again after, ms", await server.start());
      await acknowledgedMore(stage, 30);
      await stopWriters(writers);
      return await judge(stage, readers);
    }),
};
