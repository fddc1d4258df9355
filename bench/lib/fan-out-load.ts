import { performance } from "node:perf_hooks";
import type { Figures } from "./benchmark.ts";
import { inBatches } from "./in-batches.ts";
import type { Following } from "./followers.ts";

/** How long the payload of a frame is that reaches a follower. */
const frameBytes = 291;
const patienceMs = 15_000;

/** Opens the followers of a server and somebody who writes to all of them. */
export async function createFanOutLoad({ server, follow, write }: Following, followerCount: number) {
  const writer = await write();
  const followers = await inBatches(followerCount, (n) => follow(n));
  const [first] = followers;
  if (!first) throw new Error("Nobody follows.");
  // Frames differ in what surrounds the text, so it is the text that makes them equally long.
  writer.socket.onText((payload) => {
    if (payload.includes('error"')) throw new Error(`A send failed: ${payload.toString().slice(0, 300)}`);
  });
  writer.socket.send(writer.frame("measure"));
  const overhead = Buffer.byteLength(await first.next((text) => text.includes("measure"))) - "measure".length;
  const content = "x".repeat(Math.max(1, frameBytes - overhead));

  let deliveries = 0;
  let onDelivery = () => {};
  for (const follower of followers) {
    follower.onText(({ length }) => {
      // Heartbeats of a stream are much shorter.
      if (length < 0.8 * frameBytes) return;
      deliveries += 1;
      onDelivery();
    });
  }

  /** Keeps so many events under way for a while. */
  async function measure(inFlight: number, seconds: number): Promise<Figures> {
    await quiet();
    deliveries = 0;
    let sent = 0;
    let isOver = false;
    let idle = () => {};
    const post = () => {
      sent += 1;
      writer.socket.send(writer.frame(content));
    };
    onDelivery = () => {
      const done = Math.floor(deliveries / followerCount);
      if (!isOver) while (sent - done < inFlight) post();
      else if (deliveries >= sent * followerCount) idle();
    };
    const cpu = await server.ask("cpu");
    const begun = performance.now();
    onDelivery();
    await new Promise((done) => setTimeout(done, seconds * 1000));
    isOver = true;
    const inTime = deliveries;
    const elapsed = performance.now() - begun;
    await new Promise<void>((done, failed) => {
      const late = setTimeout(() => failed(new Error("Not every event reached everybody.")), patienceMs);
      idle = () => {
        clearTimeout(late);
        done();
      };
      onDelivery();
    });
    return { rate: (inTime / elapsed) * 1000, cpu: ((await server.ask("cpu")) - cpu) / deliveries };
  }

  /** Waits until nothing comes any more of what was sent to find the size. */
  async function quiet(): Promise<void> {
    for (let before = -1; before !== deliveries;) {
      before = deliveries;
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  return {
    measure,
    close: () => {
      for (const socket of [writer.socket, ...followers]) socket.close();
    },
  };
}
