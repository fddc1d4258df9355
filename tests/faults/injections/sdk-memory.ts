import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { judgeSdk } from "../sdk/judge-sdk.ts";
import { createProcessHost, type ProcessHost } from "../sdk/process-host.ts";
import { startSdkClient } from "../sdk/sdk-client.ts";
import { acknowledgedMore, stopWriters, writerOptions } from "../stage/play.ts";
import { placesOf } from "../writers/outbox.ts";
import { startTrpcWriter } from "../writers/trpc-writer.ts";
import type { Fault } from "./fault.ts";
import { runOnStage } from "./run-on-stage.ts";

const withinMs = 3_600_000;
/** Of the heap once the window is full; the shorter the run, the more of it is code that is compiled meanwhile. */
const mayGrow = { short: 0.1, long: 0.05 };
const messages = { short: [1_500, 4_000], long: [20_000, 100_000] } as const;

/** A client that stays open while more messages arrive than anybody would keep. */
export const sdkMemory: Fault = {
  name: "sdk-memory",
  what: "A client on Node with its list, its event stream and all its conversations open receives 100,000 messages of 500 characters",
  demand:
    "its heap after the last is at most 5 % larger than after 20,000; its stores show the end of what is stored",
  runs: 1,
  lanes: 1,
  run: (seed, scale) =>
    runOnStage(seed, {}, async (stage, notes) => {
      const { server, world, history, random, dataDir } = stage;
      await server.start();
      const folder = join(dirname(dataDir), "client");
      await mkdir(folder);
      let host: ProcessHost | undefined;
      const client = await startSdkClient({
        ...{ name: "client", person: 0, actor: world.people[0]!, places: placesOf(0, world.places) },
        ...{ url: server.url, random, history, thinkMs: 0, most: 0, fault: notes.fault },
        createHost: (hear) => Promise.resolve((host = createProcessHost(folder, hear))),
      });
      try {
        const [group] = world.places;
        const writers = [1, 3].map((person) => {
          const traffic = { size: 500, thinkMs: 0, inFlight: 40 };
          return startTrpcWriter({
            ...writerOptions(stage, traffic, `w${person}`, person),
            places: [group!],
          });
        });
        const heapAfter = async (count: number) => {
          await acknowledgedMore(stage, count - history.acknowledged(), withinMs);
          while (client.newest(group!.id) < count) await pause(20);
          return (await host?.heap()) ?? 0;
        };
        const [first, last] = messages[scale];
        const before = await heapAfter(first);
        const after = await heapAfter(last);
        notes.measure(`heap after ${first} messages, kB`, Math.round(before / 1024));
        notes.measure(`heap after ${last} messages, kB`, Math.round(after / 1024));
        if (after > before * (1 + mayGrow[scale]))
          notes.fault(`the heap grew from ${before} to ${after} bytes`);
        await stopWriters(writers);
        return await judgeSdk(stage, { all: [client] }, notes);
      } finally {
        await client.leave();
      }
    }),
};
