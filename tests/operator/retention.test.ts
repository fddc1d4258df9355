import { expect, test } from "vitest";
import type { FrameSocket } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { createVirtualClock } from "@causerie/server/testing";

const hourMs = 3_600_000;

interface Item {
  readonly id: string;
  readonly data: { readonly type: string; readonly [key: string]: unknown };
}

/** What a subscription of `events.stream` on the socket has yielded so far. */
const itemsOf = (socket: FrameSocket) =>
  socket.frames.flatMap((frame) => {
    const result = frame["result"] as { type?: string; data: Item } | undefined;
    return result?.type === "data" ? [result.data] : [];
  });

async function follow(server: TestServer, token: string, lastEventId?: string): Promise<FrameSocket> {
  const socket = await openTrpcFrames(server, token);
  const input = lastEventId === undefined ? {} : { lastEventId };
  socket.send({ id: 1, method: "subscription", params: { path: "events.stream", input } });
  await expect.poll(() => itemsOf(socket).length).toBeGreaterThan(0);
  return socket;
}

const send = (person: Person, content: string) =>
  person.call("POST", "/messages/", { receiver_id: null, content });

const eventsIn = async ({ storage }: TestServer) =>
  (await storage.query("select count(*) as count from events"))[0]?.["count"];

test("events go after EVENT_RETENTION, messages stay; who was away longer is told to start afresh", async () => {
  const clock = createVirtualClock();
  await using server = await startTestServer({ EVENT_RETENTION: "2h", SEED_TOKEN_TTL: "24h" }, { clock });
  const jean = await createPerson(server.url);

  const before = await follow(server, jean.token);
  const old = itemsOf(before)[0]!.id;
  before.close();
  await before.closed();
  await send(jean, "long ago");
  const upToDate = await follow(server, jean.token, old);
  await expect.poll(() => itemsOf(upToDate).at(-1)?.data.type).toBe("heartbeat");
  const seen = itemsOf(upToDate).at(-1)!.id;
  upToDate.close();
  await upToDate.closed();

  clock.skip(3 * hourMs);
  await expect.poll(() => eventsIn(server)).toBe(0);
  await send(jean, "just now");

  const late = await follow(server, jean.token, old);
  const [reset, ...rest] = itemsOf(late);
  expect(reset?.data).toEqual({ type: "reset", reason: "too_old" });
  await expect.poll(() => itemsOf(late).at(-1)?.data.type).toBe("heartbeat");
  expect(rest.map(({ data }) => data.type)).not.toContain("message.created");
  // Its cursor is the end of the log: it goes on from there.
  await send(jean, "live");
  await expect.poll(() => itemsOf(late).at(-1)?.data).toMatchObject({ message: { content: "live" } });
  late.close();

  // Nobody misses anything who had seen all that is gone.
  const resumed = await follow(server, jean.token, seen);
  await expect
    .poll(() => itemsOf(resumed).map(({ data }) => data.type))
    .toEqual(["message.created", "message.created", "heartbeat"]);
  resumed.close();

  const listed = (await (await jean.call("GET", "/messages/")).json()) as { content: string }[];
  expect(listed.map(({ content }) => content)).toEqual(["long ago", "just now", "live"]);
});
