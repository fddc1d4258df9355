import { limits } from "@causerie/shared";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startServerProcess, type ServerProcess } from "../support/server-process.ts";
import { expectUnharmed } from "./expect-unharmed.ts";
import { heldBytes, inspectable } from "./inspection.ts";
import { frame, handshake, openRaw, type RawSocket } from "./raw-socket.ts";

let server: ServerProcess;
let sender: Person;

beforeAll(async () => {
  server = await startServerProcess({}, { nodeArgs: inspectable });
  sender = await createPerson(server.url, "Sender");
});
afterAll(() => server[Symbol.asyncDispose]());

const mebibyte = 1024 * 1024;
const content = "x".repeat(limits.contentLength);
/** 16 MB: more than the bound and all that the kernel keeps for both ends together. */
const messages = 4_000;

async function connectedTo(path: string): Promise<RawSocket> {
  const raw = openRaw(server.port, handshake(path));
  await raw.received(/^HTTP\/1\.1 101 /);
  return raw;
}

async function chat(person: Person): Promise<RawSocket> {
  const raw = await connectedTo(`/messages/ws?token=${person.token}`);
  raw.socket.write(frame({ payload: '{"type":"ping"}' }));
  await raw.received(/pong/);
  return raw;
}

async function subscription(person: Person): Promise<RawSocket> {
  const raw = await connectedTo("/trpc?connectionParams=1");
  const say = (message: unknown) => raw.socket.write(frame({ payload: JSON.stringify(message) }));
  say({ method: "connectionParams", data: { token: person.token } });
  say({ id: 1, method: "subscription", params: { path: "events.stream" } });
  await raw.received(/heartbeat/);
  return raw;
}

/** Sends the messages and waits until the sender has seen each of them. */
async function flood(receiver: Person): Promise<void> {
  const own = await openFrames(`${server.wsUrl}/messages/ws?token=${sender.token}`);
  for (let sent = 0; sent < messages; sent += 1) {
    own.send({ type: "send_message", receiver_id: receiver.id, content });
    if (sent % 100 === 99)
      await expect.poll(() => own.frames.length, { timeout: 10_000, interval: 5 }).toBe(sent + 1);
  }
  own.close();
}

test("sockets that do not read are let go, and the server does not hold what they leave", async () => {
  const receiver = await createPerson(server.url, "Receiver");
  const before = await heldBytes(server);

  const sleepers: RawSocket[] = [];
  for (let count = 0; count < 4; count += 1) {
    sleepers.push(await chat(receiver), await subscription(receiver));
  }
  for (const { socket } of sleepers) socket.pause();
  await flood(receiver);

  expect((await heldBytes(server)) - before).toBeLessThan(sleepers.length * 3 * mebibyte);
  for (const raw of sleepers) {
    raw.socket.resume();
    const received = await raw.closed();
    expect(received.length).toBeLessThan(messages * content.length);
    raw.socket.destroy();
  }
  await expectUnharmed(server, sender);
});

test("a peer that pings without reading is let go", async () => {
  const pings = Buffer.concat(
    Array.from({ length: 1_000 }, () => frame({ head: 0x89, payload: "x".repeat(125) })),
  );
  for (const path of ["/trpc", `/messages/ws?token=${sender.token}`, `/users/ws/${sender.token}`]) {
    const raw = await connectedTo(path);
    raw.socket.pause();
    const deadline = Date.now() + 10_000;
    while (!raw.socket.destroyed && Date.now() < deadline) {
      await new Promise((resolve) => raw.socket.write(pings, resolve));
    }
    expect(raw.socket.destroyed).toBe(true);
  }
  await expectUnharmed(server, sender);
});
