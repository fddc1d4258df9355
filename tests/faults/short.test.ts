import { randomInt } from "node:crypto";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { wrongs } from "./checker/verdict.ts";
import { diskFull } from "./injections/disk-full.ts";
import type { Fault } from "./injections/fault.ts";
import { hostile } from "./injections/hostile.ts";
import { killRecovery } from "./injections/kill-recovery.ts";
import { kill } from "./injections/kill.ts";
import { locked } from "./injections/locked.ts";
import { memberRemoved } from "./injections/member-removed.ts";
import { powerCut } from "./injections/power-cut.ts";
import { reconnectStorm } from "./injections/reconnect-storm.ts";
import { sdkFullOutbox, sdkKill, sdkTabs } from "./injections/sdk-faults.ts";
import { sdkMemory } from "./injections/sdk-memory.ts";
import { slowReaders } from "./injections/slow-readers.ts";

const seed = process.env["SEED"] === undefined ? randomInt(1, 2 ** 31) : Number(process.env["SEED"]);

/** `pnpm faults` does more of it, and of what takes long. */
const rounds: readonly [string, Fault, number][] = [
  ["a server that is killed during sends loses, doubles and reorders nothing", kill, 2],
  ["a power cut during sends takes nothing that was acknowledged", powerCut, 2],
  ["a server that is killed while it recovers opens again, and has lost nothing", killRecovery, 1],
  ["a full disk refuses sends with a reason, and nothing else; with room, writes resume", diskFull, 1],
  ["a locked database refuses sends with a reason, and blocks nothing else", locked, 1],
  ["readers that do not keep up are let go, cost little, and resume complete", slowReaders, 1],
  ["all sockets cut at once come back, and have missed nothing", reconnectStorm, 1],
  ["hostile peers harm nobody else", hostile, 1],
  ["who is removed sees nothing of what is committed afterwards", memberRemoved, 1],
  ["through the client, a server that is killed loses, doubles and reorders nothing", sdkKill, 1],
  ["an outbox that is full goes on after a kill of its process and a reload of its tabs", sdkFullOutbox, 1],
  ["two tabs send for each other, through a reload and when one is closed", sdkTabs, 1],
  ["a client keeps as much of 4,000 messages as of 1,500", sdkMemory, 1],
];

describe.each(rounds)("%s", (_what, fault, count) => {
  const why = fault.skip?.();
  if (why !== undefined) process.stderr.write(`Skipped, ${fault.name}: ${why}.\n`);
  const seeds = Array.from({ length: count }, (_, run) => seed + run);
  test.skipIf(why !== undefined).for(seeds)(
    `pnpm faults --short --fault ${fault.name} --runs 1 --seed %i`,
    { timeout: 240_000 },
    async (of) => {
      const { faults, counts, history } = await fault.run(of, "short");
      expect(faults, `the history is in ${history}`).toEqual([]);
      expect(Object.fromEntries(wrongs.map((name) => [name, counts[name]]))).toEqual(
        Object.fromEntries(wrongs.map((name) => [name, 0])),
      );
      expect(counts.acknowledged).toBeGreaterThan(10);
    },
  );
});
