import { setTimeout as pause } from "node:timers/promises";
import { frame, handshake, openRaw } from "../../hostile/raw-socket.ts";
import { acknowledgedMore, judge, startReaders, startWriters, stopWriters } from "../stage/play.ts";
import type { Stage } from "../stage/stage.ts";
import type { Fault } from "./fault.ts";
import { runOnStage } from "./run-on-stage.ts";

/** What a peer says that means no good. */
type Attack = (stage: Stage) => string | Buffer;

const after = (path: string, ...frames: readonly Buffer[]) =>
  Buffer.concat([Buffer.from(handshake(path)), ...frames]);
const chatPath = ({ world }: Stage) => `/messages/ws?token=${world.people[5]!.token}`;
const params = ({ world }: Stage) =>
  frame({ payload: JSON.stringify({ method: "connectionParams", data: { token: world.people[5]!.token } }) });
const trpc = "/trpc?connectionParams=1";
const many = (count: number, one: Buffer) => Buffer.concat(Array.from({ length: count }, () => one));
const call = (path: string, input: unknown) => ({ id: 1, method: "subscription", params: { path, input } });

const post = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const attacks: readonly Attack[] = [
  ...["[", "a b", "127.0.0.1:99999", ""].map((Host) => () => handshake("/trpc", { Host })),
  () => handshake("//"),
  () => handshake("/trpc", { "Sec-WebSocket-Version": "7" }),
  () => handshake("/trpc", Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`X-${n}`, "x"]))),
  () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03garbage\r\n\r\n",
  () => handshake("/trpc").slice(0, -2),
  () => `POST /messages/ HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n{`,
  () => post("/messages/", "[".repeat(30_000)),
  () => post(`/trpc/${"messages.send,".repeat(50)}messages.send?batch=1`, "{}"),
  // Reserved bits, no mask, an opcode that is none, a claim of 2^62 bytes.
  () => after(trpc, frame({ head: 0xf1, payload: "x" })),
  () => after(trpc, frame({ payload: "{}", masked: false })),
  () => after(trpc, frame({ head: 0x83, payload: "x" })),
  () => after(trpc, frame({ payload: "x", claimedLength: 2n ** 62n })),
  () => after(trpc, frame({ head: 0x01, payload: "x" }), many(20_000, frame({ head: 0x00, payload: "x" }))),
  () => after(trpc, many(2_000, frame({ head: 0x89, payload: "x".repeat(125) }))),
  (stage) => after(trpc, params(stage), many(500, frame({ payload: "{" }))),
  (stage) =>
    after(trpc, params(stage), many(300, frame({ payload: JSON.stringify(call("events.stream", {})) }))),
  (stage) => after(trpc, params(stage), many(50, frame({ payload: `[${"[".repeat(20_000)}` }))),
  (stage) => after(chatPath(stage), many(500, frame({ payload: '{"type":"send_message"}' }))),
  (stage) =>
    after(chatPath(stage), frame({ head: 0x82, payload: "binary" }), frame({ payload: "x".repeat(70_000) })),
  (stage) =>
    after(`/users/ws/${stage.world.people[5]!.token}`, many(500, frame({ payload: '{"type":"?"}' }))),
];

/** Peers that break the rules of every layer, while others write and read. */
export const hostile: Fault = {
  name: "hostile",
  what: "Bad handshakes, broken and endless frames, floods, half requests, bodies and batches that are too large or too deep, from 8 connections at a time for 60 s",
  demand: "nobody else's connection is closed",
  runs: 10,
  lanes: 1,
  run: (seed, scale) =>
    runOnStage(seed, {}, async (stage, { measure, fault }) => {
      const { server, history, random } = stage;
      await server.start();
      const readers = await startReaders(stage);
      const writers = startWriters(stage, { writers: 6, inFlight: 2, thinkMs: 30 });
      history.add({ kind: "nemesis", what: "attack" });
      const until = performance.now() + (scale === "short" ? 2_000 : 60_000);
      let count = 0;
      const attack = async () => {
        while (performance.now() < until) {
          const { socket } = openRaw(server.port, random.pick(attacks)(stage));
          await pause(5 + random.below(60));
          if (random.happens(0.5)) socket.resetAndDestroy();
          else socket.destroy();
          count += 1;
        }
      };
      await Promise.all(Array.from({ length: 8 }, attack));
      await acknowledgedMore(stage, 30);
      measure("attacks", count);
      const closed = history.entries.filter((entry) => entry.kind === "closed");
      for (const { who, code } of closed as { who: string; code: number }[])
        fault(`${who} was closed with ${code}`);
      await stopWriters(writers);
      const verdict = await judge(stage, readers);
      if (verdict.counts.refused > 0) fault(`${verdict.counts.refused} sends were refused`);
      return verdict;
    }),
};
