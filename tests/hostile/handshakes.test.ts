import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson, type Person } from "../support/people.ts";
import { startServerProcess, type ServerProcess } from "../support/server-process.ts";
import { expectUnharmed } from "./expect-unharmed.ts";
import { frame, handshake, openRaw } from "./raw-socket.ts";

let server: ServerProcess;
let person: Person;

beforeAll(async () => {
  server = await startServerProcess();
  person = await createPerson(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

const manyHeaders = Array.from({ length: 2000 }, (_, index) => `X-${index}: 1`);
const badHosts = [
  "[",
  "a b",
  "127.0.0.1:99999",
  "",
  "a/../b",
  "user@host",
  "a,b",
  "[::1",
  "a:b:c",
  "[zz]:80",
];

/** What is said, and the status it deserves. */
const refused: [string, string, number][] = [
  ...badHosts.map((host): [string, string, number] => [
    `the Host "${host}"`,
    handshake("/trpc", { Host: host }),
    400,
  ]),
  ["no Host", handshake("/trpc", { Host: null }), 400],
  ["two Hosts", handshake("/trpc", {}, ["Host: other.example"]), 400],
  ["a Host of 20,000 characters", handshake("/trpc", { Host: "a".repeat(20_000) }), 431],
  ["the path //", handshake("//"), 400],
  ["the path //trpc", handshake("//trpc"), 400],
  ["an absolute URI", handshake("http://127.0.0.1/trpc"), 400],
  ["an absolute ws URI", handshake("ws://127.0.0.1/trpc"), 400],
  ["the target *", handshake("*"), 400],
  ["a target without a slash", handshake("trpc"), 400],
  ["a NUL in the path", handshake("/trpc\0"), 400],
  ["a raw byte above 127 in the path", handshake("/trpc\xff"), 400],
  ["an undecodable path", handshake("/%zz"), 404],
  ["a path of 14,000 characters", handshake(`/${"a".repeat(14_000)}`), 404],
  ["a path of 20,000 characters", handshake(`/${"a".repeat(20_000)}`), 431],
  ["2,000 headers", handshake("/trpc", {}, manyHeaders), 431],
  ["the root", handshake("/"), 404],
  ["an unknown path", handshake("/nothing"), 404],
  ["a path that begins like a known one", handshake("/trpcx"), 404],
  ["a path below a known one", handshake("/trpc/x"), 404],
  ["a path that climbs", handshake("/trpc/../x"), 404],
  ["a path that climbs to a known one", handshake("/x/../trpc"), 404],
  ["an encoded known path", handshake("/%74rpc"), 404],
  ["an activity socket without a token", handshake("/users/ws/"), 404],
  ["an activity socket with two tokens", handshake("/users/ws/a/b"), 404],
  ["version 7", handshake("/trpc", { "Sec-WebSocket-Version": "7" }), 400],
  ["version 99", handshake("/trpc", { "Sec-WebSocket-Version": "99" }), 400],
  ["no version", handshake("/trpc", { "Sec-WebSocket-Version": null }), 400],
  ["no key", handshake("/trpc", { "Sec-WebSocket-Key": null }), 400],
  ["a short key", handshake("/trpc", { "Sec-WebSocket-Key": "c2hvcnQ=" }), 400],
  ["a key that is not base64", handshake("/trpc", { "Sec-WebSocket-Key": "!".repeat(24) }), 400],
  ["two keys", handshake("/trpc", {}, ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]), 400],
  ["malformed subprotocols", handshake("/trpc", { "Sec-WebSocket-Protocol": ",,a a," }), 400],
  ["a header without a name", handshake("/trpc", {}, [": nameless"]), 400],
  ["a header with a bare CR", handshake("/trpc", {}, ["X-A: 1\rX-B: 2"]), 400],
  ["POST instead of GET", handshake("/trpc").replace("GET", "POST"), 405],
  ["HTTP/1.0", handshake("/trpc").replace("HTTP/1.1", "HTTP/3.7"), 400],
  ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03garbage\r\n\r\n", 400],
  ["the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
];

test.for(refused)("a handshake with %s is answered with an error", async ([, bytes, status]) => {
  using raw = openRaw(server.port, bytes);
  // The whole connection is over, not only the answer: nobody can keep it half open.
  const answer = await raw.closed();
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  await expectUnharmed(server, person);
});

test("an upgrade to something else opens no socket", async () => {
  using raw = openRaw(server.port, handshake("/trpc", { Upgrade: "tls/1.2", Connection: "Upgrade, close" }));
  expect(await raw.closed()).toMatch(/^HTTP\/1\.1 4\d\d /);
  await expectUnharmed(server, person);
});

test("a refused peer that does not hang up is cut", async () => {
  const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  const cut = new Promise((resolve) => socket.on("error", resolve));
  socket.resume().write(handshake("/nothing"));
  await once(socket, "end");
  // Our side is still open. Writing on is answered with a reset, as the server has let go.
  const writing = setInterval(() => socket.write("x"), 20);
  await cut;
  clearInterval(writing);
  await expectUnharmed(server, person);
});

const foreign = [
  "null",
  "https://evil.example",
  "http://localhost.evil.example",
  "https://localhost.evil.example",
  "https://evil-localhost",
  "http://evil.example/http://localhost",
  "http://evil.example#http://localhost",
  "http://localhost@evil.example",
  "http://user:password@localhost",
  "http://localhost:80:80",
  "http://localhost:",
  "http://localhost:8000x",
  "http://localhost/",
  "http://localhost.",
  "http://LOCALHOST",
  "HTTP://localhost",
  "ftp://localhost",
  "file://",
  "localhost",
  "//localhost",
  "http://127.0.0.1.evil.example",
  "http://127.0.0.2",
  "http://[::1].evil.example",
  "http://[::2]",
  "http://0.0.0.0",
  "http://chat.example.evil.example",
  "http://chat.example:9999",
  "http://xchat.example",
  "chat.example",
  "http://localhost, http://evil.example",
];

describe("pages of other origins get no socket", () => {
  test.for(foreign)("%s", async (origin) => {
    for (const path of ["/trpc", "/messages/ws?token=x", "/users/ws/x"]) {
      using raw = openRaw(server.port, handshake(path, { Host: "chat.example", Origin: origin }));
      expect(await raw.closed()).toMatch(/^HTTP\/1\.1 403 /);
    }
    await expectUnharmed(server, person);
  });
});

test.for([
  "http://chat.example",
  "https://chat.example",
  "http://localhost",
  "https://localhost:5173",
  "http://127.0.0.1:3000",
  "http://[::1]:3000",
])("pages of our own origin and of local servers do: %s", async (origin) => {
  using raw = openRaw(server.port, handshake("/trpc", { Host: "chat.example", Origin: origin }));
  await raw.received(/^HTTP\/1\.1 101 /);
});

const paths = () => ["/trpc", `/messages/ws?token=${person.token}`, `/users/ws/${person.token}`];
const brokenFrame = frame({ head: 0xf1, payload: "x" });

test("a peer that resets at any moment of the handshake harms nobody", async () => {
  for (const path of [...paths(), "/nothing"]) {
    const bytes = handshake(path);
    for (const length of [1, 20, bytes.length - 2, bytes.length]) {
      for (let time = 0; time < 5; time += 1) {
        const { socket } = openRaw(server.port, bytes.slice(0, length));
        await once(socket, "connect");
        socket.resetAndDestroy();
      }
    }
  }
  await expectUnharmed(server, person);
});

test("a peer that resets as soon as it is answered harms nobody", async () => {
  for (const path of paths()) {
    const raw = openRaw(server.port, handshake(path));
    await raw.received(/^HTTP\/1\.1 101 /);
    raw.socket.resetAndDestroy();
  }
  await expectUnharmed(server, person);
});

test("a broken frame in the packet of the handshake ends that connection only", async () => {
  for (const path of [...paths(), "/nothing", "/messages/ws?token=forged"]) {
    const raw = openRaw(server.port, Buffer.concat([Buffer.from(handshake(path)), brokenFrame]));
    await raw.closed();
    raw.socket.destroy();
  }
  await expectUnharmed(server, person);
});

test("half a handshake is cut when its time is up", { timeout: 45_000 }, async () => {
  const started = Date.now();
  using raw = openRaw(server.port, handshake("/trpc").slice(0, -2));
  expect(await raw.closed(44_000)).toMatch(/^(HTTP\/1\.1 408 |$)/);
  expect(Date.now() - started).toBeGreaterThan(5_000);
  await expectUnharmed(server, person);
});
