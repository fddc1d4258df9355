import { setTimeout as pause } from "node:timers/promises";
import { duringSends } from "./during-sends.ts";
import type { Fault } from "./fault.ts";
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
      return await duringSends(stage, scale, async () => {
        history.add({ kind: "nemesis", what: "kill" });
        await server.kill();
        for (const _ of [1, 2]) {
          server.launch();
          await pause(50 + random.below(startMs));
          history.add({ kind: "nemesis", what: "kill during the start" });
          await server.kill();
        }
        measure("ready again after, ms", await server.start());
      });
    }),
};
