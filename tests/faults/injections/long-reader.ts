import { stat } from "node:fs/promises";
import { join } from "node:path";
import { judge, startReaders, startWriters, stopWriters } from "../stage/play.ts";
import type { Fault } from "./fault.ts";
import { holdLock } from "./hold-lock.ts";
import { runOnStage } from "./run-on-stage.ts";

const mebibyte = 1024 * 1024;
const mostBytes = 64 * mebibyte;

/** Another process reads for long, so that the write-ahead log can only grow. */
export const longReader: Fault = {
  name: "long-reader",
  what: "Another process keeps a read transaction open for 60 s while about 200 messages a second are written",
  demand: "no send is refused; the write-ahead log stays below 64 MiB",
  runs: 20,
  lanes: 1,
  run: (seed, scale) =>
    runOnStage(seed, {}, async (stage, { measure, fault }) => {
      const { server, history, dataDir } = stage;
      await server.start();
      const readers = await startReaders(stage);
      const path = join(dataDir, "causerie.db");
      history.add({ kind: "nemesis", what: "read" });
      const lock = await holdLock(path, "read", scale === "short" ? 3_000 : 60_000);
      const writers = startWriters(stage, { writers: 9, inFlight: 1, thinkMs: 45 });
      await lock.released;
      const { size } = await stat(`${path}-wal`);
      measure("write-ahead log, MiB", Math.round(size / mebibyte));
      if (size > mostBytes) fault(`the write-ahead log has ${size} bytes`);
      await stopWriters(writers);
      const verdict = await judge(stage, readers);
      if (verdict.counts.refused > 0) fault(`${verdict.counts.refused} sends were refused`);
      return verdict;
    }),
};
