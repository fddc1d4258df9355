import { performance } from "node:perf_hooks";
import { quantile } from "../lib/statistics.ts";
import type { RawSocket } from "../lib/raw-socket.ts";
import type { Wire } from "./wire.ts";

/** What came of a time of sending. */
export interface Exchanged {
  readonly messages: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

export interface ExchangeOptions {
  readonly pairs: number;
  readonly inFlight: number;
  readonly wire: Wire;
  /** Sets the keys of this exchange apart from those of others. */
  readonly run: string;
}

/** Pairs of open sockets. */
export interface Exchange {
  /** Keeps the senders busy for a time, then waits for what is under way. */
  send(seconds: number): Promise<Exchanged>;
  close(): void;
}

/** Every key has this, with the message's number behind it. */
const marker = "bench-";
const digits = 8;
const stuckMs = 30_000;

/**
 * Opens the pairs: user 2i sends to user 2i + 1. A message is done when its sender and its
 * receiver have both received it, and the sender the answer where there is one.
 */
export async function openExchange({ pairs, inFlight, wire, run }: ExchangeOptions): Promise<Exchange> {
  const ends = await Promise.all(Array.from({ length: 2 * pairs }, (_, user) => wire.open(user)));
  let times: number[] = [];
  let sending = false;
  let underWay = 0;
  let idle = () => {};
  let fail: (error: Error) => void = () => {};

  const startPair = Array.from({ length: pairs }, (_, pair) => {
    const sender = ends[2 * pair] as RawSocket;
    const receiver = wire.idOf(2 * pair + 1);
    const waiting = new Map<number, { readonly since: number; left: number }>();
    let sent = 0;
    const send = () => {
      sent += 1;
      underWay += 1;
      const key = `${run}-${pair}-${marker}${String(sent).padStart(digits, "0")}`;
      const content = `Bonjour, message ${sent} de la paire ${pair} : comment allez-vous aujourd'hui, mon ami ?`;
      const frame = wire.frame({ receiver, content, key, n: sent });
      waiting.set(sent, { since: performance.now(), left: wire.hearings });
      sender.write(frame);
    };
    const hear = (payload: Buffer) => {
      const at = payload.indexOf(marker);
      if (at < 0) {
        // Heartbeats and news of others; a refusal would never be heard of otherwise.
        if (payload.includes('"error"')) fail(new Error(`A send was refused: ${payload.toString()}`));
        return;
      }
      const n = Number(payload.toString("latin1", at + marker.length, at + marker.length + digits));
      const message = waiting.get(n);
      if (!message) return fail(new Error(`A message came too often: ${payload.toString()}`));
      message.left -= 1;
      if (message.left > 0) return;
      waiting.delete(n);
      times.push(performance.now() - message.since);
      underWay -= 1;
      if (sending) send();
      else if (underWay === 0) idle();
    };
    sender.onText(hear);
    ends[2 * pair + 1]?.onText(hear);
    return () => {
      for (let n = 0; n < inFlight; n += 1) send();
    };
  });

  return {
    async send(seconds) {
      times = [];
      sending = true;
      const started = performance.now();
      await new Promise<void>((done, failed) => {
        const stuck = setTimeout(
          () => fail(new Error(`${underWay} messages never arrived.`)),
          seconds * 1000 + stuckMs,
        );
        idle = () => {
          clearTimeout(stuck);
          done();
        };
        fail = (error) => {
          sending = false;
          clearTimeout(stuck);
          failed(error);
        };
        setTimeout(() => {
          sending = false;
        }, seconds * 1000);
        startPair.forEach((start) => start());
      });
      return {
        messages: times.length,
        seconds: (performance.now() - started) / 1000,
        p50: quantile(times, 0.5),
        p99: quantile(times, 0.99),
      };
    },
    close: () => ends.forEach((end) => end.close()),
  };
}
