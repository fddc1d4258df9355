import { duringSends } from "./during-sends.ts";
import type { Fault } from "./fault.ts";
import { runOnStage } from "./run-on-stage.ts";

/** `kill -9` of the server in the middle of sends. */
export const kill: Fault = {
  name: "kill",
  what: "`kill -9` of the server during sends, then a start",
  demand: "ready again",
  runs: 300,
  lanes: 2,
  run: (seed, scale) =>
    runOnStage(seed, {}, async (stage, { measure }) => {
      const { server, history } = stage;
      await server.start();
      return await duringSends(stage, scale, async () => {
        history.add({ kind: "nemesis", what: "kill" });
        await server.kill();
        measure("ready again after, ms", await server.start());
      });
    }),
};
