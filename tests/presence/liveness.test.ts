import { limits } from "@causerie/shared";
import { expect, test } from "vitest";
import { createFastClock } from "../support/fast-clock.ts";
import { openFrames } from "../support/frames.ts";
import { createPeople, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { startPeer } from "./peer-process.ts";
import { seenToGo, watch } from "./watching.ts";

/** The server's time runs so fast, so that its waits are seconds and the sockets are real. */
const factor = 10;
const goneWithinMs = limits.pingMs + limits.pongWaitMs + 5_000;
const toldWithinMs = goneWithinMs + 5_000;

const kinds: Record<string, (server: TestServer, person: Person) => [url: string, frames: object[]]> = {
  "/trpc": ({ wsUrl }, { token }) => [
    `${wsUrl}/trpc?connectionParams=1`,
    [
      { method: "connectionParams", data: { token } },
      { id: 1, method: "query", params: { path: "users.me" } },
    ],
  ],
  "the activity socket": ({ wsUrl }, { token }) => [`${wsUrl}/users/ws/${token}`, []],
  "the chat socket": ({ wsUrl }, { token }) => [`${wsUrl}/messages/ws?token=${token}`, [{ type: "ping" }]],
};

test.concurrent.for(Object.entries(kinds))(
  "a peer on %s that answers nothing any more is cut and shown offline within 45 seconds, one that answers pings stays",
  { timeout: 60_000 },
  async ([, addressOf]) => {
    const clock = createFastClock(factor);
    await using server = await startTestServer({}, { clock });
    const [ada, blaise, chloe] = await createPeople(server.url, "Ada", "Blaise", "Chloé");
    await using stopped = await startPeer(...addressOf(server, blaise));
    await using _quiet = await startPeer(...addressOf(server, chloe));
    const watching = await watch(server, ada, { user_ids: [blaise.id, chloe.id] });
    expect([watching.statusesOf(blaise), watching.statusesOf(chloe)]).toEqual([["online"], ["online"]]);

    const from = clock.now();
    stopped.kill("SIGSTOP");
    await seenToGo(watching, blaise);
    const took = clock.now() - from;
    expect(took).toBeLessThanOrEqual(toldWithinMs);
    // Not before it was asked and had its time to answer.
    expect(took).toBeGreaterThan(limits.pongWaitMs);
    // Twice as long as it takes to lose one: only its pongs keep the other.
    await new Promise((resolve) => setTimeout(resolve, (2 * goneWithinMs) / factor));
    await watching.settled();
    expect(watching.statusesOf(chloe)).toEqual(["online"]);
    await watching.close();
  },
);

test.concurrent("a peer that crashes is shown offline after the grace", { timeout: 60_000 }, async () => {
  const clock = createFastClock(factor);
  await using server = await startTestServer({}, { clock });
  const [ada, blaise] = await createPeople(server.url, "Ada", "Blaise");
  await using peer = await startPeer(...kinds["/trpc"]!(server, blaise));
  const watching = await watch(server, ada, { user_ids: [blaise.id] });
  const from = clock.now();
  peer.kill("SIGKILL");
  await seenToGo(watching, blaise);
  expect(clock.now() - from).toBeGreaterThanOrEqual(limits.offlineGraceMs);
  expect(clock.now() - from).toBeLessThanOrEqual(limits.offlineGraceMs + limits.presenceBatchMs + 5_000);
  await watching.close();
});

test.concurrent(
  "a peer that pings the server is shown online though it is never asked",
  { timeout: 60_000 },
  async () => {
    const clock = createFastClock(factor);
    await using server = await startTestServer({}, { clock });
    const [ada, blaise] = await createPeople(server.url, "Ada", "Blaise");
    for (const path of [`/users/ws/${blaise.token}`, `/messages/ws?token=${blaise.token}`]) {
      const socket = await openFrames(`${server.wsUrl}${path}`);
      socket.send({ type: "ping" });
      await socket.next(({ type }) => type === "pong");
      const watching = await watch(server, ada, { user_ids: [blaise.id] });
      const pinging = setInterval(() => socket.socket.ping(), 10_000 / factor);
      await new Promise((resolve) => setTimeout(resolve, (2 * limits.leaseMs) / factor));
      clearInterval(pinging);
      await watching.settled();
      expect(watching.statusesOf(blaise)).toEqual(["online"]);
      socket.close();
      await watching.close();
    }
  },
);
