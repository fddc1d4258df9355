import { setTimeout as pause } from "node:timers/promises";
import { acknowledgedMore, judge, startReaders, startWriters, stopWriters } from "../stage/play.ts";
import type { Fault, Scale } from "./fault.ts";
import { runOnStage } from "./run-on-stage.ts";

/** How many write while the server is killed. */
export const writersOf = (scale: Scale) => (scale === "short" ? 12 : 100);

/** `kill -9` of the server in the middle of sends. */
export const kill: Fault = {
  name: "kill",
  what: "`kill -9` of the server during sends, then a start",
  demand: "ready again",
  runs: 300,
  lanes: 2,
  run: (seed, scale) =>
    runOnStage(seed, {}, async (stage, { measure }) => {
      const { server, history, random } = stage;
      await server.start();
      const readers = await startReaders(stage);
      const writers = startWriters(stage, { writers: writersOf(scale) });
      await acknowledgedMore(stage, 1);
      await pause(random.below(600));
      history.add({ kind: "nemesis", what: "kill" });
      await server.kill();
      measure("ready again after, ms", await server.start());
      await acknowledgedMore(stage, 30);
      await stopWriters(writers);
      return await judge(stage, readers);
    }),
};
