import { setTimeout as delay } from "node:timers/promises";
import type { Figures } from "../lib/benchmark.ts";
import type { Subject } from "../lib/interleave.ts";
import { openMany } from "../lib/open-many.ts";
import type { RawSocket } from "../lib/raw-socket.ts";
import type { ServerUnderTest } from "../lib/server-under-test.ts";

export interface HoldingSubject {
  readonly name: string;
  start(): Promise<ServerUnderTest>;
  open(port: number, n: number): Promise<RawSocket>;
}

/** What the first connections load and compile is not the price of one more. */
const warmUpConnections = 100;
const settleMs = 1500;

/** What a held connection costs; in a new process each time, because memory is not given back. */
export function holdingSubject({ name, start, open }: HoldingSubject, connections: number): Subject {
  return {
    name,
    async measure(): Promise<Figures> {
      await using server = await start();
      const warm = await openMany(Math.min(warmUpConnections, connections), (n) => open(server.port, n));
      warm.forEach((socket) => socket.close());
      await delay(settleMs);
      const before = await server.ask("memory");
      const opening = performance.now();
      const sockets = await openMany(connections, (n) => open(server.port, n));
      const openedIn = (performance.now() - opening) / 1000;
      await delay(settleMs);
      const after = await server.ask("memory");
      // A socket that the server closed meanwhile would have thrown.
      sockets.forEach((socket) => socket.close());
      return {
        kib: (after.resident - before.resident) / 1024 / connections,
        heap: (after.heap - before.heap) / 1024 / connections,
        total: after.resident / 1024 / 1024,
        held: sockets.length,
        perSecond: connections / openedIn,
      };
    },
  };
}
