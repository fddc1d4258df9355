import type { Figures } from "../lib/benchmark.ts";
import type { Subject } from "../lib/interleave.ts";
import type { ServerUnderTest } from "../lib/server-under-test.ts";
import { openAudience } from "./audience.ts";
import type { FanOutWire } from "./wire.ts";

export interface FanOutSubject {
  readonly name: string;
  readonly server: ServerUnderTest;
  readonly wire: FanOutWire;
}

export interface FanOutLoad {
  readonly size: number;
  readonly inFlight: number;
  readonly seconds: number;
  /** Hears how long the frames were. */
  readonly onBytes?: (bytes: number) => void;
}

/** Before it counts, the code is warm. */
const warmUp = 0.25;

/** One way to tell everybody, measured with subscribers of its own each time. */
export function fanOutSubject({ name, server, wire }: FanOutSubject, load: FanOutLoad): Subject {
  const { size, inFlight, seconds: length, onBytes } = load;
  return {
    name,
    async measure(): Promise<Figures> {
      const audience = await openAudience(wire, size);
      try {
        await audience.speak(length * warmUp, inFlight);
        const before = await server.ask("cpu");
        const { deliveries, seconds, p50, p99, bytes } = await audience.speak(length, inFlight);
        const after = await server.ask("cpu");
        onBytes?.(bytes);
        return {
          rate: deliveries / seconds,
          cpu: (after.all - before.all) / deliveries,
          mainCpu: (after.main - before.main) / deliveries,
          p50,
          p99,
          bytes,
        };
      } finally {
        audience.close();
      }
    },
  };
}
