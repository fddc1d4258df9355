import type { Figures } from "../lib/benchmark.ts";
import type { Subject } from "../lib/interleave.ts";
import type { ServerUnderTest } from "../lib/server-under-test.ts";
import { openExchange } from "./exchange.ts";
import type { Wire } from "./wire.ts";

export interface SendingSubject {
  readonly name: string;
  readonly server: ServerUnderTest;
  readonly wire: Wire;
}

export interface Load {
  readonly pairs: number;
  readonly inFlight: number;
  readonly seconds: number;
}

/** Before it counts, the code is warm and the sockets are open. */
const warmUp = 0.25;

/** One way to send messages, measured with sockets of its own each time: idle ones would cost the others. */
export function sendingSubject({ name, server, wire }: SendingSubject, load: Load): Subject {
  let runs = 0;
  return {
    name,
    async measure(): Promise<Figures> {
      runs += 1;
      const exchange = await openExchange({ ...load, wire, run: `run${runs}` });
      try {
        await exchange.send(load.seconds * warmUp);
        const before = await server.ask("cpu");
        const { messages, seconds, p50, p99 } = await exchange.send(load.seconds);
        const after = await server.ask("cpu");
        return {
          rate: messages / seconds,
          p50,
          p99,
          cpu: (after.all - before.all) / messages,
          mainCpu: (after.main - before.main) / messages,
        };
      } finally {
        exchange.close();
      }
    },
  };
}
