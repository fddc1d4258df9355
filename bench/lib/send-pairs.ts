import { performance } from "node:perf_hooks";
import type { Figures } from "./benchmark.ts";
import type { RawSocket } from "./raw-socket.ts";
import type { ServerUnderTest } from "./server-under-test.ts";
import { quantile } from "./statistics.ts";

/** Two people, of whom the first writes to the second. */
export interface Pair {
  readonly sender: RawSocket;
  readonly receiver: RawSocket;
  /** The frame that sends `content` under the key. */
  frame(key: string, content: string): string;
}

export interface SendLoad {
  readonly pairs: readonly Pair[];
  /** How many frames with its key a message causes: at the sender and at the receiver. */
  readonly receipts: number;
}

const inFlight = 4;
const mark = '"bench-';
const digits = 9;
const patienceMs = 15_000;

/**
 * Keeps four messages of each pair under way. A message is done when the sender and the
 * receiver have it. Counts are of those that were done in time, the rest is waited for.
 */
export function createSendRounds({ pairs, receipts }: SendLoad) {
  const started = new Map<number, { readonly at: number; readonly pair: Pair; left: number }>();
  let count = 0;
  let times: number[] = [];
  let isOver = true;
  let idle = () => {};

  function start(pair: Pair): void {
    count += 1;
    const key = `bench-${String(count).padStart(digits, "0")}`;
    started.set(count, { at: performance.now(), pair, left: receipts });
    pair.sender.send(
      pair.frame(key, `Bonjour, voici le message ${count} : à demain, comme convenu, devant la gare.`),
    );
  }

  function take(payload: Buffer): void {
    const at = payload.indexOf(mark, 0, "latin1");
    if (at < 0) {
      // A stream's heartbeat; but a refusal would make the figures those of another task.
      if (payload.includes('error"')) throw new Error(`A send failed: ${payload.toString().slice(0, 300)}`);
      return;
    }
    const begin = at + mark.length;
    const key = Number(payload.toString("latin1", begin, begin + digits));
    const message = started.get(key);
    if (!message) throw new Error(`Message ${key} came once too often.`);
    message.left -= 1;
    if (message.left > 0) return;
    started.delete(key);
    times.push(performance.now() - message.at);
    if (!isOver) start(message.pair);
    else if (started.size === 0) idle();
  }

  for (const { sender, receiver } of pairs) {
    sender.onText(take);
    receiver.onText(take);
  }

  return async function measure(server: ServerUnderTest, seconds: number): Promise<Figures> {
    times = [];
    isOver = false;
    const cpu = await server.ask("cpu");
    const begun = performance.now();
    for (const pair of pairs) for (let n = 0; n < inFlight; n += 1) start(pair);
    await new Promise((done) => setTimeout(done, seconds * 1000));
    isOver = true;
    const inTime = times.length;
    const elapsed = performance.now() - begun;
    await new Promise<void>((done, failed) => {
      const late = setTimeout(() => failed(new Error(`${started.size} messages never came.`)), patienceMs);
      idle = () => {
        clearTimeout(late);
        done();
      };
      if (started.size === 0) idle();
    });
    return {
      rate: (inTime / elapsed) * 1000,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      cpu: ((await server.ask("cpu")) - cpu) / times.length,
    };
  };
}
