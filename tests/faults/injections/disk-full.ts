import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { refusedSends, wrongRefusals } from "../checker/refusals.ts";
import { startLatencyProbe } from "../stage/latency-probe.ts";
import { acknowledgedMore, judge, startReaders, startWriters, stopWriters } from "../stage/play.ts";
import type { Fault } from "./fault.ts";
import { runOnStage } from "./run-on-stage.ts";

const run = promisify(execFile);
const full = "5m";
const roomy = "256m";
const fillWithinMs = 60_000;
const fullForMs = 1_500;
const resumedWithinMs = 5_000;

/** The disk of the data folder is full for a while. */
export const diskFull: Fault = {
  name: "disk-full",
  what: "The disk (a tmpfs of 5 MB) fills up during sends, and gets room 1.5 s later",
  demand: "503 `STORAGE_FULL`, reads go on, writes resume within 5 s without a restart",
  runs: 30,
  lanes: 1,
  skip: whyNoMount,
  run: (seed) =>
    runOnStage(
      seed,
      {
        prepare: async (dataDir) =>
          void (await run("mount", ["-t", "tmpfs", "-o", `size=${full}`, "tmpfs", dataDir])),
        restore: async (dataDir) => void (await run("umount", ["-l", dataDir])),
      },
      async (stage, { measure, fault }) => {
        const { server, history, world, dataDir } = stage;
        await server.start();
        const readers = await startReaders(stage);
        const writers = startWriters(stage, { writers: 6, size: 2_000, thinkMs: 10 });
        const began = performance.now();
        while (refusedSends(history.entries).length < 5) {
          if (performance.now() - began > fillWithinMs) throw new Error("The disk did not fill up.");
          await pause(20);
        }
        history.add({ kind: "nemesis", what: "full" });
        const path = `/conversations/${world.places[0]!.id}/messages?limit=5`;
        await using reads = await startLatencyProbe(server.url, path, world.people[0]!.token);
        await pause(fullForMs);
        const during = await reads.take();

        await run("mount", ["-o", `remount,size=${roomy}`, dataDir]);
        history.add({ kind: "nemesis", what: "room" });
        const resumedMs = await acknowledgedMore(stage, 20);
        await stopWriters(writers);
        measure("writes resumed after, ms", resumedMs);
        if (resumedMs > resumedWithinMs) fault(`writes resumed after ${resumedMs} ms`);
        for (const sentence of wrongRefusals(refusedSends(history.entries), 503, "STORAGE_FULL"))
          fault(sentence);
        if (during.count === 0) fault("nothing was read while the disk was full");
        for (const failure of during.failures) fault(`a read was answered with ${failure}`);
        return await judge(stage, readers);
      },
    ),
};

function whyNoMount(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "causerie-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder], { stdio: "ignore" });
    return undefined;
  } catch {
    return "this user may not mount a tmpfs";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
