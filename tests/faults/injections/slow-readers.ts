import { setTimeout as pause } from "node:timers/promises";
import { startSocketReader } from "../readers/socket-reader.ts";
import {
  acknowledgedMore,
  judge,
  readerOptions,
  startReaders,
  stopWriters,
  writerOptions,
} from "../stage/play.ts";
import { startTrpcWriter } from "../writers/trpc-writer.ts";
import type { Fault } from "./fault.ts";
import { runOnStage } from "./run-on-stage.ts";

const mebibyte = 1024 * 1024;
const perReader = 3 * mebibyte;
/** What the process itself may grow by while thousands of messages pass through it. */
const ownGrowth = 120 * mebibyte;
/** More than a socket's outbox and what the kernel keeps for both of its ends. */
const messages = 3_500;
const closedWithinMs = 15_000;

/** Readers that take nothing, or hardly anything, of a flood. */
export const slowReaders: Fault = {
  name: "slow-readers",
  what: `100 sockets that stop reading, and 100 that read a little once a second, while ${messages} messages of 4 kB are sent`,
  demand:
    "at most 3 MiB of memory each beside what the flood takes anyway; who stopped is closed with 4508; all are complete in the end",
  runs: 20,
  lanes: 1,
  run: (seed, scale) =>
    runOnStage(seed, {}, async (stage, { measure, fault }) => {
      const { server, history, random } = stage;
      const ofEach = scale === "short" ? 3 : 100;
      await server.start();
      const readers = await startReaders(stage);
      const slow = (kind: string) =>
        Array.from({ length: ofEach }, (_, index) =>
          startSocketReader({ ...readerOptions(stage, kind, 2), name: `${kind}-${index}` }),
        );
      const paused = slow("paused");
      const dribbling = slow("dribbling");
      const all = [...paused, ...dribbling];
      const [group] = stage.world.places;
      const flood = async (name: string, count: number) => {
        const writers = group!.members.map((person) => {
          const options = writerOptions(stage, { size: 3_900, thinkMs: 0 }, `${name}${person}`, person);
          return startTrpcWriter({ ...options, places: [group!] });
        });
        const peak = await peakOf(stage, acknowledgedMore(stage, count, 120_000));
        await stopWriters(writers);
        return peak;
      };
      await flood("warm", 500);
      const before = await server.residentBytes();

      history.add({ kind: "nemesis", what: "slow" });
      const since = history.now();
      for (const reader of all) reader.pauseReading();
      const sips = setInterval(() => {
        for (const reader of dribbling) {
          reader.resumeReading();
          setImmediate(reader.pauseReading);
        }
      }, 1_000);
      const grown = (await flood("flood", messages)) - before;
      measure("memory grown by, MiB", Math.round(grown / mebibyte));
      if (grown > all.length * perReader + ownGrowth) fault(`memory grew by ${grown} bytes`);

      // A reader that sleeps is let go a few seconds after its outbox is full.
      await pause(4_000 + random.below(500));
      clearInterval(sips);
      for (const reader of all) reader.resumeReading();
      const closes = () => {
        const entries = history.entries.filter((entry) => entry.kind === "closed" && entry.t >= since);
        return (entries as { who: string; code: number }[]).filter(({ who }) =>
          /^(paused|dribbling)-/.test(who),
        );
      };
      const stayed = () => paused.filter(({ name }) => !closes().some(({ who }) => who === name));
      const deadline = performance.now() + closedWithinMs;
      while (stayed().length > 0 && performance.now() < deadline) await pause(50);
      // One that still reads goes on at its own pace, from the log: nothing closes it.
      for (const { name } of stayed()) fault(`${name} was never closed`);
      const codes = closes();
      measure("closed with 4508", codes.filter(({ code }) => code === 4508).length);
      measure("cut before they read as far as the code", codes.filter(({ code }) => code === 1006).length);
      const odd = codes.filter(({ code }) => code !== 4508 && code !== 1006);
      for (const { who, code } of odd) fault(`${who} was closed with ${code}`);
      return await judge(stage, [...readers, ...all]);
    }),
};

/** The most memory that the server had while something went on. */
async function peakOf({ server }: { server: { residentBytes(): Promise<number> } }, work: Promise<unknown>) {
  let busy = true;
  let peak = 0;
  const done = work.finally(() => (busy = false));
  while (busy) {
    peak = Math.max(peak, await server.residentBytes());
    await Promise.race([done, pause(50)]);
  }
  await done;
  return peak;
}
