import { setTimeout as pause } from "node:timers/promises";
import { readStored } from "../checker/stored-messages.ts";
import { startSocketReader } from "../readers/socket-reader.ts";
import {
  acknowledgedMore,
  caughtUp,
  judge,
  readerOptions,
  startWriters,
  stopWriters,
} from "../stage/play.ts";
import type { Fault } from "./fault.ts";
import { runOnStage } from "./run-on-stage.ts";

const backWithinMs = 30_000;

/** All sockets are cut at once; then the server is killed under them. */
export const reconnectStorm: Fault = {
  name: "reconnect-storm",
  what: "1,000 subscribed sockets are cut at once; when they are back, the server is killed and started",
  demand: "all back and caught up within 30 s",
  runs: 10,
  lanes: 1,
  run: (seed, scale) =>
    runOnStage(seed, {}, async (stage, { measure, fault }) => {
      const { server, history, world, random } = stage;
      const count = scale === "short" ? 150 : 1_000;
      await server.start();
      const readers = Array.from({ length: count }, (_, index) => {
        const person = index % world.people.length;
        return startSocketReader({ ...readerOptions(stage, "socket", person), name: `socket-${index}` });
      });
      const writers = startWriters(stage, { writers: 2, inFlight: 1, thinkMs: 400 });
      await acknowledgedMore(stage, 3);
      const back = async (what: string) => {
        const ms = await caughtUp(readers, await readStored(server.url, world), world, backWithinMs);
        measure(`${what}: all caught up after, ms`, ms);
        if (ms >= backWithinMs) fault(`${what}: not all were back within ${backWithinMs} ms`);
      };
      await back("first connect");
      await pause(random.below(300));

      history.add({ kind: "nemesis", what: "cut all" });
      for (const reader of readers) reader.cut();
      await acknowledgedMore(stage, 1);
      await back("cut");

      history.add({ kind: "nemesis", what: "kill" });
      await server.kill();
      await server.start();
      await acknowledgedMore(stage, 1);
      await back("kill");
      await stopWriters(writers);
      return await judge(stage, readers);
    }),
};
