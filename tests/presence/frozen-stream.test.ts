import { limits } from "@causerie/shared";
import { expect, test } from "vitest";
import { openRaw } from "../hostile/raw-socket.ts";
import { createFastClock } from "../support/fast-clock.ts";
import { openFrames } from "../support/frames.ts";
import { createPerson } from "../support/people.ts";
import { openSse } from "../support/sse.ts";
import { startTestServer } from "../support/test-server.ts";
import { watch } from "./watching.ts";

/** Time runs so much faster here than in the world. */
const factor = 20;
const content = "x".repeat(limits.contentLength);
/** 12 MB: more than the system keeps for both ends. */
const messages = 3_000;

test(
  "who stops reading a stream of server-sent events is shown offline, who reads it stays",
  { timeout: 60_000 },
  async () => {
    const clock = createFastClock(factor);
    await using server = await startTestServer({}, { clock });
    const [ada, blaise, chloe] = [
      await createPerson(server.url, "Ada"),
      await createPerson(server.url, "Blaise"),
      await createPerson(server.url, "Chloé"),
    ];
    const lines = [
      "GET /trpc/events.stream HTTP/1.1",
      "Host: 127.0.0.1",
      `Authorization: Bearer ${blaise.token}`,
    ];
    using frozen = openRaw(server.port, [...lines, "", ""].join("\r\n"));
    await frozen.received(/heartbeat/);
    frozen.socket.pause();
    const reading = await openSse(server.url, "events.stream", chloe);
    const watching = await watch(server, ada, { user_ids: [blaise.id, chloe.id] });
    expect([watching.statusesOf(blaise), watching.statusesOf(chloe)]).toEqual([["online"], ["online"]]);

    const from = clock.now();
    const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${ada.token}`);
    for (let sent = 0; sent < messages; sent += 100) {
      for (let n = 0; n < 100; n += 1) chat.send({ type: "send_message", receiver_id: null, content });
      await expect.poll(() => chat.frames.length, { timeout: 10_000, interval: 5 }).toBe(sent + 100);
    }
    const full = clock.now();
    await expect
      .poll(() => watching.statusesOf(blaise), { timeout: 20_000, interval: 10 })
      .toEqual(["online", "offline"]);
    expect(clock.now() - from).toBeGreaterThan(limits.leaseMs);
    expect(clock.now() - full).toBeLessThan(2 * limits.leaseMs);
    await watching.settled();
    expect(watching.statusesOf(chloe)).toEqual(["online"]);
    // Its connection is over as well, though its reader never said so.
    frozen.socket.resume();
    await frozen.closed();
    reading.close();
    chat.close();
    await watching.close();
  },
);
