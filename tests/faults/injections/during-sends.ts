import { setTimeout as pause } from "node:timers/promises";
import type { Verdict } from "../checker/verdict.ts";
import { acknowledgedMore, judge, startReaders, startWriters, stopWriters } from "../stage/play.ts";
import type { Stage } from "../stage/stage.ts";
import type { Scale } from "./fault.ts";

/** Does something while many send to a running server, lets them go on afterwards, and judges all of it. */
export async function duringSends(
  stage: Stage,
  scale: Scale,
  disturb: () => Promise<void>,
): Promise<Verdict> {
  const readers = await startReaders(stage);
  const writers = startWriters(stage, { writers: scale === "short" ? 12 : 100 });
  await acknowledgedMore(stage, 1);
  await pause(scale === "short" ? stage.random.below(600) : 500 + stage.random.below(2_500));
  await disturb();
  await acknowledgedMore(stage, 30);
  await stopWriters(writers);
  return await judge(stage, readers);
}
