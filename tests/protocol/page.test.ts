import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  closeCodes,
  compatCloseCodes,
  connectionLimits,
  limits,
  rateLimits,
  resetReasons,
  serverEvent,
} from "@causerie/shared";
import { describe, expect, test } from "vitest";
import { appRouter } from "../../packages/server/src/rpc/app-router.ts";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { createFriend } from "./friend.ts";
import { playFrames, playSse, sessionsOf } from "./play.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/protocol/realtime.md"), "utf8");
const sessions = sessionsOf(page);

describe("the sessions of docs/protocol/realtime.md", () => {
  test("are there", () => {
    expect(sessions.length).toBeGreaterThan(6);
  });

  test.for(sessions.map((session, n) => [n + 1, session.target, session] as const))(
    "number %i, on %s, goes as it is written",
    async ([, , session]) => {
      await using server = await startTestServer();
      const person = await createPerson(server.url);
      const values = new Map<string, unknown>([
        ["token", person.token],
        ["me", person.id],
      ]);
      if (session.kind === "sse") return await playSse(session, server.url, values);
      using friend = await createFriend(server, person);
      values.set("friend", friend.id).set("chat", friend.conversation);
      await playFrames(session, server.wsUrl, values, friend.happen);
    },
  );
});

describe("what docs/protocol/realtime.md says", () => {
  test("of close codes is what the table of close codes says", () => {
    const rows = [...page.matchAll(/^\| (\d{4}) \| (.+?) +\| (\w+) +\| \S/gm)];
    const told = rows.map(([, code, reason, duty]) => [code, { reason, duty }]);
    expect(Object.fromEntries(told)).toEqual(closeCodes);
    for (const code of Object.values(compatCloseCodes)) expect(page).toContain(String(code));
  });

  test("of events and resets names each", () => {
    const types = serverEvent.options.map((option) => option.shape.type.value);
    for (const type of types) expect(page).toContain(`\`${type}\``);
    for (const reason of resetReasons) expect(page).toMatch(new RegExp(`^\\| \`${reason}\` +\\|`, "m"));
  });

  test("of procedures names such as there are", () => {
    const known = Object.keys(appRouter._def.procedures);
    // What is shown without being played is not looked for.
    const played = page.replaceAll(/^```text\n.*?^```$/gms, "");
    const named = [...played.matchAll(/"path": ?"([\w.]+)"/g)].map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(5);
    for (const path of named) expect(known).toContain(path);
  });

  test("of numbers is what holds", () => {
    const seconds = (ms: number) => `${ms / 1000} s`;
    const kib = (bytes: number) => `${(bytes / 1024).toLocaleString("en")} KiB`;
    const row = (what: string, most: string) =>
      expect(page).toMatch(new RegExp(`^\\| ${what} +\\| ${most} +\\|`, "m"));
    row("a frame", kib(limits.frameBytes));
    row("messages of one frame", String(limits.socketBatchSize));
    row("subscriptions of a socket", String(limits.subscriptionsPerSocket));
    row("subscriptions of a user", String(connectionLimits.subscriptionsPerUser));
    row("sockets of one kind, or streams, of a user", String(connectionLimits.perUserAndKind));
    const [burst, reserve] = rateLimits.send.windows;
    row(
      "sends of a user",
      `${burst.quota} in ${burst.seconds} s, and ${reserve.quota} more in ${reserve.seconds} s`,
    );
    const [handshake] = rateLimits.handshake.windows;
    row("handshakes of an address", `${handshake.quota} in ${handshake.seconds} s`);
    row(
      "refused calls of a socket",
      `${connectionLimits.refusals} in ${seconds(connectionLimits.refusalsWithinMs)}`,
    );
    row("a text", `${limits.contentLength.toLocaleString("en")} characters, ${kib(limits.contentBytes)}`);
    const says = (text: string) => expect(page.replaceAll(/\s+/g, " ")).toContain(text);
    says(`within ${seconds(limits.socketAuthMs)} is closed with 4408`);
    says(
      `at most ${kib(limits.frameBytes)}: one JSON message, or an array of up to ${limits.socketBatchSize}`,
    );
    says(`after every ${seconds(limits.heartbeatMs)} without an event`);
    says(
      `silent for ${seconds(limits.pingMs)}, and cuts it when nothing comes within ${seconds(limits.pongWaitMs)}`,
    );
    says(`at most ${kib(limits.outboxBytes)} unread for a socket`);
    says(`beyond the first ${limits.bootstrapConversations} are listed`);
  });
});
