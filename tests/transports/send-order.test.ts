import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testEngine } from "../../packages/server/src/db/test-database.testing.ts";
import { openFrames, type FrameSocket } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

let server: TestServer;
let sender: Person;
beforeAll(async () => {
  server = await startTestServer();
  sender = await createPerson(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

/**
 * All at once, without waiting for any answer: the writer takes 20,000 before it refuses, a socket is not held to
 * the pace of its own answers, and the limit of sends, which no client could keep to here, is off.
 * PostgreSQL needs several journeys for each, and orders them no otherwise.
 */
const count = testEngine === "postgres" ? 2_000 : 10_000;
const inOrder = Array.from({ length: count }, (_, n) => String(n));

/** Sends everything without waiting for any answer. `key` gives every third message a key of its own. */
interface Way {
  readonly open: () => Promise<FrameSocket>;
  readonly pipeline: (socket: FrameSocket, message: (n: number) => object) => void;
}

const sendCall = (n: number, input: object) => ({
  ...{ id: n + 1, method: "mutation" },
  params: { path: "messages.send", input },
});

const ways: Record<string, Way> = {
  "one by one over /trpc": {
    open: () => openTrpcFrames(server, sender.token),
    pipeline(socket, message) {
      for (let n = 0; n < count; n += 1) socket.send(sendCall(n, message(n)));
    },
  },
  "in batches over /trpc": {
    open: () => openTrpcFrames(server, sender.token),
    pipeline(socket, message) {
      for (let n = 0; n < count; n += 50)
        socket.send(Array.from({ length: 50 }, (_, k) => sendCall(n + k, message(n + k))));
    },
  },
  "over the seed's chat socket": {
    open: () => openFrames(`${server.wsUrl}/messages/ws?token=${sender.token}`),
    pipeline(socket, message) {
      for (let n = 0; n < count; n += 1) socket.send({ type: "send_message", ...message(n) });
    },
  },
};

/** What was stored between the two, oldest first. */
async function stored(receiver: Person): Promise<string[]> {
  const texts: string[] = [];
  for (let before: number | undefined; ;) {
    const query = before === undefined ? "limit=100" : `limit=100&before=${before}`;
    const response = await sender.call("GET", `/messages/conversation/${receiver.id}?${query}`);
    const page = (await response.json()) as { id: number; content: string }[];
    texts.unshift(...page.map(({ content }) => content));
    if (page.length < 100) return texts;
    before = page[0]?.id;
  }
}

describe.for(Object.entries(ways))("messages pipelined %s", ([name, way]) => {
  test.for([
    ["without keys", () => ({})],
    [
      "with keys on some",
      (n: number) => (n % 3 === 0 ? { client_message_id: `${name} ${n}`.slice(-60) } : {}),
    ],
  ] as const)("are stored in the order they were sent, %s", { timeout: 60_000 }, async ([, key]) => {
    const receiver = await createPerson(server.url, "Receiver");
    const socket = await way.open();
    way.pipeline(socket, (n) => ({ receiver_id: receiver.id, content: String(n), ...key(n) }));
    await expect.poll(() => socket.frames.length, { timeout: 50_000 }).toBe(count);
    socket.close();
    expect(await stored(receiver)).toEqual(inOrder);
  });
});
