import { performance } from "node:perf_hooks";
import { openMany } from "../lib/open-many.ts";
import { quantile } from "../lib/statistics.ts";
import type { FanOutWire } from "./wire.ts";

/** What came of a time of speaking. */
export interface Spoken {
  readonly deliveries: number;
  readonly seconds: number;
  /** How long it took until the last one had a message, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Bytes of a frame. */
  readonly bytes: number;
}

/** Everybody who listens, and one who speaks. */
export interface Audience {
  speak(seconds: number, inFlight: number): Promise<Spoken>;
  close(): void;
}

/** What the contents begin with; heartbeats and answers have none. */
const marker = "bench-";
const digits = 8;
/** One in so many subscribers reads what it gets; the others count, so that the load stays light. */
const readerEvery = 50;
/** A frame shorter than this part of a message is none. */
const heartbeatPart = 0.6;
const stuckMs = 30_000;

export async function openAudience(wire: FanOutWire, size: number): Promise<Audience> {
  const subscribers = await openMany(size, wire.subscribe);
  const speaker = await wire.speaker();
  speaker.onText((payload) => {
    if (payload.includes('"error"')) fail(new Error(`The speaker was refused: ${payload.toString()}`));
  });
  /** Of each message under way: when it was sent, and how many have it. */
  const underWay = new Map<number, { readonly since: number; heard: number }>();
  let sent = 0;
  let times: number[] = [];
  let bytes = 0;
  let speaking = false;
  let idle = () => {};
  let fail: (error: Error) => void = () => {};

  const say = () => {
    sent += 1;
    underWay.set(sent, { since: performance.now(), heard: 0 });
    speaker.write(wire.frame(`${marker}${String(sent).padStart(digits, "0")} Bonjour à tous !`, sent));
  };
  const hear = (n: number) => {
    const message = underWay.get(n);
    if (!message) return fail(new Error(`Message ${n} came without having been sent.`));
    message.heard += 1;
    if (message.heard < size) return;
    underWay.delete(n);
    times.push(performance.now() - message.since);
    if (speaking) say();
    else if (underWay.size === 0) idle();
  };
  subscribers.forEach((subscriber, index) => {
    let heard = 0;
    subscriber.onText((payload) => {
      // Heartbeats come too, and are far shorter than messages.
      if (bytes === 0 ? !payload.includes(marker) : payload.length < bytes * heartbeatPart) return;
      bytes ||= payload.length;
      heard += 1;
      if (index % readerEvery === 0) {
        const at = payload.indexOf(marker) + marker.length;
        const n = Number(payload.toString("latin1", at, at + digits));
        if (n !== heard) return fail(new Error(`Message ${n} came as number ${heard}.`));
      }
      hear(heard);
    });
  });

  return {
    async speak(seconds, inFlight) {
      times = [];
      speaking = true;
      const started = performance.now();
      await new Promise<void>((done, failed) => {
        const stuck = setTimeout(
          () => fail(new Error(`${underWay.size} messages did not reach everybody.`)),
          seconds * 1000 + stuckMs,
        );
        const stop = setTimeout(() => (speaking = false), seconds * 1000);
        idle = () => {
          clearTimeout(stuck);
          done();
        };
        fail = (error) => {
          speaking = false;
          clearTimeout(stuck);
          clearTimeout(stop);
          failed(error);
        };
        for (let n = 0; n < inFlight; n += 1) say();
      });
      return {
        deliveries: times.length * size,
        seconds: (performance.now() - started) / 1000,
        p50: quantile(times, 0.5),
        p99: quantile(times, 0.99),
        bytes,
      };
    },
    close() {
      subscribers.forEach((subscriber) => subscriber.close());
      speaker.close();
    },
  };
}
