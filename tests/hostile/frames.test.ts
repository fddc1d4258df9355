import { errors, limits } from "@causerie/shared";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFrames, type Frame, type FrameSocket } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startServerProcess, type ServerProcess } from "../support/server-process.ts";
import { expectNoLeak } from "./expect-no-leak.ts";
import { expectUnharmed } from "./expect-unharmed.ts";
import { closeCodeIn, frame, handshake, openRaw } from "./raw-socket.ts";

let server: ServerProcess;
let person: Person;

beforeAll(async () => {
  server = await startServerProcess();
  person = await createPerson(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

const socketPaths = {
  "/trpc": () => "/trpc?connectionParams=1",
  "/messages/ws": () => `/messages/ws?token=${person.token}`,
  "/users/ws": () => `/users/ws/${person.token}`,
} as const;
type SocketKind = keyof typeof socketPaths;
const kinds = Object.keys(socketPaths) as SocketKind[];

/** A close frame's payload. */
function closing(code: number, reason: string | Buffer = ""): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return Buffer.concat([bytes, Buffer.from(reason)]);
}

const badUtf8 = Buffer.from([0xc3, 0x28]);
const fragments = (count: number, payload = "") =>
  Buffer.concat([
    frame({ head: 0x01, payload }),
    ...Array.from({ length: count }, () => frame({ head: 0x00, payload })),
  ]);

/** What is sent, and the code of the close frame it deserves. @see https://www.rfc-editor.org/rfc/rfc6455#section-5 */
const violations: [string, Buffer, number][] = [
  ["the first reserved bit", frame({ head: 0xc1, payload: "{}" }), 1002],
  ["the second reserved bit", frame({ head: 0xa1, payload: "{}" }), 1002],
  ["the third reserved bit", frame({ head: 0x91, payload: "{}" }), 1002],
  ["an unmasked frame", frame({ masked: false, payload: "{}" }), 1002],
  ["reserved opcode 3", frame({ head: 0x83, payload: "{}" }), 1002],
  ["reserved opcode 7", frame({ head: 0x87, payload: "{}" }), 1002],
  ["reserved opcode 11", frame({ head: 0x8b }), 1002],
  ["reserved opcode 15", frame({ head: 0x8f }), 1002],
  ["one byte more than 64 KiB", frame({ payload: "x".repeat(limits.frameBytes + 1) }), 1009],
  ["a claimed length of 1 GiB", frame({ claimedLength: 2n ** 30n }), 1009],
  ["a claimed length of 2^62", frame({ claimedLength: 2n ** 62n }), 1009],
  ["a claimed length of 2^64 - 1", frame({ claimedLength: 2n ** 64n - 1n }), 1009],
  ["fragments of more than 64 KiB together", fragments(9, "x".repeat(8_000)), 1009],
  ["20,000 empty fragments", fragments(20_000), 1008],
  ["20,000 fragments of a byte", fragments(20_000, "x"), 1008],
  ["a ping of 126 bytes", frame({ head: 0x89, payload: "x".repeat(126) }), 1002],
  ["a fragmented ping", frame({ head: 0x09 }), 1002],
  ["a fragmented close", frame({ head: 0x08 }), 1002],
  ["a continuation of nothing", frame({ head: 0x80, payload: "x" }), 1002],
  ["a message inside another", Buffer.concat([frame({ head: 0x01 }), frame({ head: 0x81 })]), 1002],
  ["text that is not UTF-8", frame({ payload: badUtf8 }), 1007],
  ["half a surrogate pair in UTF-8", frame({ payload: Buffer.from([0xed, 0xa0, 0x80]) }), 1007],
  ["a close reason that is not UTF-8", frame({ head: 0x88, payload: closing(1000, badUtf8) }), 1007],
  ["a close frame of one byte", frame({ head: 0x88, payload: "x" }), 1002],
  ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535].map((code): [string, Buffer, number] => [
    `the close code ${code}`,
    frame({ head: 0x88, payload: closing(code) }),
    1002,
  ]),
  ["a proper goodbye", frame({ head: 0x88, payload: closing(1000) }), 1000],
];

describe.each(kinds)("%s closes with the right code after", (kind) => {
  test.for(violations)("%s", async ([, bytes, code]) => {
    using raw = openRaw(server.port, handshake(socketPaths[kind]()));
    await raw.received(/^HTTP\/1\.1 101 /);
    raw.socket.write(bytes);
    await expect.poll(() => closeCodeIn(raw.text()), { interval: 5, timeout: 5_000 }).toBe(code);
    await expectUnharmed(server, person);
  });
});

test.each(kinds)("%s does not wait long for the goodbye of a peer that broke the protocol", async (kind) => {
  using raw = openRaw(server.port, handshake(socketPaths[kind]()));
  await raw.received(/^HTTP\/1\.1 101 /);
  raw.socket.write(frame({ head: 0xf1 }));
  await raw.closed();
});

test.each(kinds)("%s answers 20,000 pings, and others wait no longer for it", async (kind) => {
  using raw = openRaw(server.port, handshake(socketPaths[kind]()));
  await raw.received(/^HTTP\/1\.1 101 /);
  raw.socket.write(Buffer.concat(Array.from({ length: 20_000 }, () => frame({ head: 0x89 }))));
  const started = Date.now();
  await expectUnharmed(server, person);
  expect(Date.now() - started).toBeLessThan(2_000);
  await expect.poll(() => raw.text().split("\x8a\0").length, { timeout: 5_000 }).toBeGreaterThan(20_000);
});

const nested = (opening: string, count: number) => opening.repeat(count);
/** Texts that are no frame of the seed's sockets. */
const nonsense: [string, string | Buffer][] = [
  ["nothing", ""],
  ["a binary frame", Buffer.from('{"type":"ping"}')],
  ["bytes", Buffer.from([0, 255, 128])],
  ["no JSON", "ping"],
  ["half of JSON", '{"type":'],
  ["null", "null"],
  ["true", "true"],
  ["a number", "1e400"],
  ["text", '"ping"'],
  ["an array", '[{"type":"ping"}]'],
  ["an empty object", "{}"],
  ["64 KiB of [", nested("[", limits.frameBytes)],
  ["32,000 arrays in each other", nested("[", 32_000) + nested("]", 32_000)],
  [
    "deep content",
    `{"type":"send_message","receiver_id":1,"content":${nested("[", 30_000)}${nested("]", 30_000)}}`,
  ],
  ["an unknown type", '{"type":"shutdown"}'],
  ["a type that is an object", '{"type":{}}'],
  ["the type __proto__", '{"type":"__proto__"}'],
  ["the type constructor", '{"type":"constructor"}'],
  ["a type in the prototype", '{"__proto__":{"type":"ping"}}'],
];
/** Messages that are not to be sent. */
const wrongMessages: [string, string][] = [
  ["no fields", '{"type":"send_message"}'],
  ["no receiver", '{"type":"send_message","content":"x"}'],
  ["a receiver that is an object", '{"type":"send_message","receiver_id":{},"content":"x"}'],
  ["a receiver that is true", '{"type":"send_message","receiver_id":true,"content":"x"}'],
  ["a receiver that is a fraction", '{"type":"send_message","receiver_id":1.5,"content":"x"}'],
  ["a negative receiver", '{"type":"send_message","receiver_id":-1,"content":"x"}'],
  ["an unknown receiver", '{"type":"send_message","receiver_id":999999999,"content":"x"}'],
  ["an endless receiver", '{"type":"send_message","receiver_id":1e400,"content":"x"}'],
  ["content that is a number", '{"type":"send_message","receiver_id":1,"content":1}'],
  ["blank content", '{"type":"send_message","receiver_id":1,"content":" "}'],
  ["content with NUL", '{"type":"send_message","receiver_id":1,"content":"a\\u0000b"}'],
  ["half a surrogate pair", '{"type":"send_message","receiver_id":1,"content":"\\ud800"}'],
  ["content that is too long", `{"type":"send_message","receiver_id":1,"content":"${"x".repeat(4_001)}"}`],
  ["a field too many", '{"type":"send_message","receiver_id":1,"content":"x","sender_id":2}'],
  ["a field named __proto__", '{"type":"send_message","receiver_id":1,"content":"x","__proto__":{}}'],
  ["a key that is an array", '{"type":"send_message","receiver_id":1,"content":"x","client_message_id":[]}'],
];

describe.each(["/messages/ws", "/users/ws"] as const)(
  "%s answers with an error and stays open after",
  (kind) => {
    const cases = kind === "/messages/ws" ? [...nonsense, ...wrongMessages] : nonsense;
    test.for<[string, string | Buffer]>(cases)("%s", async ([, data]) => {
      const socket = await openFrames(`${server.wsUrl}${socketPaths[kind]()}`);
      socket.socket.send(data);
      const answer = await socket.next((one) => one.type === "error");
      expect(answer).toEqual({ type: "error", message: expect.stringMatching(/./) as string });
      expectNoLeak(JSON.stringify(answer));
      socket.send({ type: "ping" });
      await socket.next((one) => one.type === "pong");
      socket.close();
      await expectUnharmed(server, person);
    });
  },
);

async function signedIn(): Promise<FrameSocket> {
  const socket = await openFrames(`${server.wsUrl}/trpc?connectionParams=1`);
  socket.send({ method: "connectionParams", data: { token: person.token } });
  return socket;
}

interface ErrorAnswer extends Frame {
  readonly error: { readonly data: { readonly code: string; readonly httpStatus: number } };
}

const call = (params: unknown, rest: object = {}) =>
  JSON.stringify({ id: 1, method: "query", params, ...rest });
const path = (name: unknown) => call({ path: name });
const envelopes: [string, string | Buffer][] = [
  ["no JSON", "hello"],
  ["half of JSON", '{"id":1,'],
  ["a binary frame of no JSON", Buffer.from([1, 2, 3])],
  ["a binary frame of JSON", Buffer.from(path("users.me"))],
  ["null", "null"],
  ["a number", "1"],
  ["text", '"x"'],
  ["an array of null", "[null]"],
  ["an array in an array", `[[${path("users.me")}]]`],
  ["64 KiB of [", nested("[", limits.frameBytes)],
  ["32,000 arrays in each other", nested("[", 32_000) + nested("]", 32_000)],
  ["no id", '{"method":"query","params":{"path":"users.me"}}'],
  ["the id null", call({ path: "users.me" }, { id: null })],
  ["an id that is an object", call({ path: "users.me" }, { id: {} })],
  ["an id that is an array", call({ path: "users.me" }, { id: [1] })],
  ["an id that is true", call({ path: "users.me" }, { id: true })],
  ["no method", '{"id":1,"params":{"path":"users.me"}}'],
  ["an unknown method", call({ path: "users.me" }, { method: "constructor" })],
  ["a method that is an array", call({ path: "users.me" }, { method: ["query"] })],
  ["another version of JSON-RPC", call({ path: "users.me" }, { jsonrpc: "1.0" })],
  ["no parameters", '{"id":1,"method":"query"}'],
  ["parameters null", call(null)],
  ["parameters as an array", call(["users.me"])],
  ["parameters as text", call("users.me")],
  ["no path", call({})],
  ["a path that is a number", path(1)],
  ["a path that is an object", path({})],
  ["a path that is an array", path(["users.me"])],
  ...["", ".", "__proto__", "constructor", "then", "toString", "hasOwnProperty", "__proto__.constructor"].map(
    (name): [string, string] => [`the path "${name}"`, path(name)],
  ),
  ...[
    "users",
    "users.",
    "users.me.call",
    "users.__proto__",
    "Users.Me",
    "users%2eme",
    "users.me,users.me",
  ].map((name): [string, string] => [`the path "${name}"`, path(name)]),
  [
    "a lastEventId that is a number",
    call({ path: "events.stream", lastEventId: 1 }, { method: "subscription" }),
  ],
  ["a lastEventId of nobody", call({ path: "events.stream", lastEventId: "'" }, { method: "subscription" })],
  ["a query called as a mutation", call({ path: "users.me" }, { method: "mutation" })],
  ["a query called as a subscription", call({ path: "users.me" }, { method: "subscription" })],
  ["a subscription called as a query", path("events.stream")],
  ["an input in place of none", call({ path: "users.list", input: [] })],
  ["an unknown field", call({ path: "users.list", input: { limt: 1 } })],
  ["a field named __proto__", call({ path: "users.list", input: JSON.parse('{"__proto__":{}}') })],
  ["a field named constructor", call({ path: "users.list", input: { constructor: 1 } })],
  [
    "an input nested 10,000 deep",
    `{"id":1,"method":"query","params":{"path":"users.list","input":${nested("[", 10_000)}${nested("]", 10_000)}}}`,
  ],
  ["a sign-in over the socket", call({ path: "auth.login", input: {} }, { method: "mutation" })],
];

describe("/trpc answers with an error of the table and goes on after", () => {
  test.for<[string, string | Buffer]>(envelopes)("%s", async ([, data]) => {
    const socket = await signedIn();
    socket.socket.send(data);
    const answer = await socket.next();
    // A binary frame is not refused as such: a client may send its JSON so.
    if (!("result" in answer)) {
      const { code, httpStatus } = (answer as ErrorAnswer).error.data;
      expect(errors).toHaveProperty(code);
      expect(httpStatus).toBeLessThan(500);
    }
    expectNoLeak(JSON.stringify(answer));
    socket.send({ id: 2, method: "query", params: { path: "users.me" } });
    await socket.next((one) => one["id"] === 2 && "result" in one);
    socket.close();
    await expectUnharmed(server, person);
  });
});

test("each call of a batch of more than fifty is refused, and none is made", async () => {
  const socket = await signedIn();
  const content = `batch ${Date.now()}`;
  const batch = Array.from({ length: limits.socketBatchSize + 1 }, (_, id) => ({
    id,
    method: "mutation",
    params: { path: "messages.send", input: { receiver_id: person.id, content } },
  }));
  socket.send(batch);
  for (const { id } of batch) {
    const answer = (await socket.next()) as ErrorAnswer;
    expect(answer).toMatchObject({ id, error: { data: { code: "BAD_REQUEST" } } });
  }
  const listed = await (await person.call("GET", `/messages/conversation/${person.id}`)).text();
  expect(listed).not.toContain(content);
  socket.close();
});

test("the id of a running subscription is not taken twice", async () => {
  const socket = await signedIn();
  const subscribe = { id: 7, method: "subscription", params: { path: "presence.stream" } };
  socket.send(subscribe);
  await socket.next((one) => JSON.stringify(one).includes("presence.snapshot"));
  socket.send(subscribe);
  const answer = (await socket.next((one) => "error" in one)) as ErrorAnswer;
  expect(answer.error.data.code).toBe("BAD_REQUEST");
  socket.close();
});

test("a socket carries fifty subscriptions and refuses more, until some end", async () => {
  const socket = await signedIn();
  const started = (id: number) => (one: Frame) =>
    one["id"] === id && JSON.stringify(one).includes("presence.snapshot");
  const subscribe = (id: number) =>
    socket.send({ id, method: "subscription", params: { path: "presence.stream" } });
  for (let id = 1; id <= limits.subscriptionsPerSocket; id += 1) {
    subscribe(id);
    await socket.next(started(id));
  }
  subscribe(1000);
  const answer = (await socket.next((one) => "error" in one)) as ErrorAnswer;
  expect(answer).toMatchObject({ id: 1000, error: { data: { code: "RATE_LIMITED" } } });
  socket.send({ id: 1, method: "subscription.stop" });
  await socket.next((one) => JSON.stringify(one).includes("stopped"));
  subscribe(1001);
  await socket.next(started(1001));
  socket.close();
  await expectUnharmed(server, person);
});

test("5,000 subscriptions that come and go at once leave none behind", async () => {
  const socket = await signedIn();
  for (let id = 1; id <= 5_000; id += 1) {
    socket.send({ id, method: "subscription", params: { path: "events.stream" } });
    socket.send({ id, method: "subscription.stop" });
  }
  socket.send({ id: 0, method: "subscription", params: { path: "presence.stream" } });
  await socket.next((one) => one["id"] === 0 && JSON.stringify(one).includes("presence.snapshot"), 15_000);
  socket.close();
  await expectUnharmed(server, person);
});

const connectionParams: [string, string | Buffer][] = [
  ["no JSON", "hello"],
  ["null", "null"],
  ["an array", "[]"],
  ["a number", "1"],
  ["binary", Buffer.from([1, 2, 3])],
  ["a token that is an object", '{"method":"connectionParams","data":{"token":{}}}'],
  ["a token that is a number", '{"method":"connectionParams","data":{"token":1}}'],
  ["data that is text", '{"method":"connectionParams","data":"token"}'],
  ["data that is an array", '{"method":"connectionParams","data":["token"]}'],
  ["an empty token", '{"method":"connectionParams","data":{"token":""}}'],
  ["a token in the prototype", '{"method":"connectionParams","data":{"__proto__":{"token":"x"}}}'],
];

describe("/trpc lets nobody in with connection parameters that are", () => {
  test.for<[string, string | Buffer]>(connectionParams)("%s", async ([, data]) => {
    const socket = await openFrames(`${server.wsUrl}/trpc?connectionParams=1`);
    socket.socket.send(data);
    socket.send({ id: 1, method: "query", params: { path: "users.me" } });
    await socket.closed(7_000);
    expect(socket.frames.filter((one) => "result" in one)).toEqual([]);
    for (const answer of socket.frames as ErrorAnswer[]) {
      expect(errors).toHaveProperty(answer.error.data.code);
      expect(answer.error.data.httpStatus).toBeLessThan(500);
    }
    await expectUnharmed(server, person);
  });
});

test("a /trpc socket that does not say who it is is closed after five seconds, whatever else it says", async () => {
  const silent = await openFrames(`${server.wsUrl}/trpc?connectionParams=1`);
  const anonymous = await openFrames(`${server.wsUrl}/trpc`);
  const chatty = await openFrames(`${server.wsUrl}/trpc`);
  const started = Date.now();
  const talking = setInterval(() => {
    chatty.socket.ping();
    chatty.send({ id: 1, method: "query", params: { path: "users.me" } });
  }, 200);
  expect(await Promise.all([silent, anonymous, chatty].map((one) => one.closed(8_000)))).toEqual([
    4408, 4408, 4408,
  ]);
  clearInterval(talking);
  expect(Math.abs(Date.now() - started - limits.socketAuthMs)).toBeLessThan(1_000);
  expect(chatty.frames.length).toBeGreaterThan(0);
  for (const answer of chatty.frames as ErrorAnswer[]) expect(answer.error.data.code).toBe("UNAUTHORIZED");
});
