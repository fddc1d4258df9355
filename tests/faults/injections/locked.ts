import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { refusedSends, wrongRefusals } from "../checker/refusals.ts";
import { startLatencyProbe } from "../stage/latency-probe.ts";
import { acknowledgedMore, judge, startReaders, startWriters, stopWriters } from "../stage/play.ts";
import type { Fault } from "./fault.ts";
import { holdLock } from "./hold-lock.ts";
import { runOnStage } from "./run-on-stage.ts";

const baselineMs = 1_500;
/** Two seconds, and what a busy machine adds. */
const refusedWithinMs = 3_500;
const resumedWithinMs = 5_000;

/** Another process locks the database against all writers. */
export const locked: Fault = {
  name: "locked",
  what: "Another process holds the database's write lock for 10 s",
  demand:
    "503 `STORAGE_LOCKED` after 2 s, reads go on, no answer later than 100 ms beyond the noise, writes resume within 5 s",
  runs: 20,
  lanes: 1,
  run: (seed, scale) =>
    runOnStage(seed, {}, async (stage, { measure, fault }) => {
      const { server, history, world, dataDir } = stage;
      await server.start();
      const readers = await startReaders(stage);
      const writers = startWriters(stage, { writers: 6, inFlight: 2, thinkMs: 30 });
      await acknowledgedMore(stage, 20);
      const token = world.people[0]!.token;
      await using health = await startLatencyProbe(server.url, "/healthz", token);
      await using reads = await startLatencyProbe(
        server.url,
        `/conversations/${world.places[0]!.id}/messages?limit=5`,
        token,
      );
      await pause(baselineMs);
      const noise = await health.take();
      await reads.take();

      history.add({ kind: "nemesis", what: "lock" });
      const since = history.now();
      const lock = await holdLock(join(dataDir, "causerie.db"), "write", scale === "short" ? 4_000 : 10_000);
      await lock.released;
      history.add({ kind: "nemesis", what: "unlock" });
      const during = await health.take();
      const readDuring = await reads.take();
      const resumedMs = await acknowledgedMore(stage, 1);
      await stopWriters(writers);

      const refused = refusedSends(history.entries, since);
      const slowest = Math.max(0, ...refused.map(({ took }) => took));
      measure("/healthz without the lock, longest, ms", noise.max);
      measure("/healthz under the lock, longest, ms", during.max);
      measure("a refusal took, ms", slowest);
      measure("writes resumed after, ms", resumedMs);
      if (refused.length === 0) fault("no send was refused while the database was locked");
      for (const sentence of wrongRefusals(refused, 503, "STORAGE_LOCKED")) fault(sentence);
      if (slowest > refusedWithinMs) fault(`a send was refused after ${slowest} ms only`);
      if (resumedMs > resumedWithinMs) fault(`writes resumed after ${resumedMs} ms`);
      // On a machine that other tests keep busy, only a loop that stood still can be told.
      const allowed = noise.max + (scale === "short" ? 500 : 100);
      if (during.max > allowed) fault(`/healthz took ${during.max} ms under the lock, ${noise.max} without`);
      for (const failure of [...during.failures, ...readDuring.failures])
        fault(`a read was answered with ${failure}`);
      return await judge(stage, readers);
    }),
};
