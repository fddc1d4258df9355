import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { CauserieError } from "@causerie/client";
import { expect, test } from "vitest";
import { memoryOutboxStorage } from "../../packages/client/src/outbox/memory-outbox-storage.ts";
import { startTestServer } from "../support/test-server.ts";
import { handMadeOutbox, untilEmpty } from "./hand-made-outbox.ts";
import { signedInClient, type SignedIn } from "./signed-in-client.ts";

async function groupsOf({ client }: SignedIn): Promise<number[]> {
  const made = ["one", "two", "three"].map((name) =>
    client.conversations.create({ kind: "group", name, member_ids: [] }),
  );
  return (await Promise.all(made)).map(({ id }) => id);
}

async function textsOf({ client }: SignedIn, conversation: number): Promise<string[]> {
  const texts: string[] = [];
  for (let after = 0; ;) {
    const page = await client.conversations.history({ conversation_id: conversation, after, limit: 100 });
    texts.push(...page.messages.map(({ content }) => content));
    if (!page.has_newer) return texts;
    after = page.messages.at(-1)?.seq ?? after;
  }
}

test(
  "a long outbox goes out in order, without running into the server's rate limit again and again",
  { timeout: 60_000 },
  async () => {
    await using server = await startTestServer({ RATE_LIMIT: "on" });
    await using person = await signedInClient(server.url);
    const groups = await groupsOf(person);
    const codes: string[] = [];
    const outbox = handMadeOutbox({
      server: server.url,
      userId: person.person.id,
      storage: memoryOutboxStorage(),
      send: (input) =>
        person.client.messages.send(input).catch((error: unknown) => {
          if (error instanceof CauserieError) codes.push(error.code);
          throw error;
        }),
    });
    const numbers = Array.from({ length: 150 }, (_, n) => n);
    for (const n of numbers) outbox.send({ conversation_id: groups[n % 3]!, content: `${n}` });
    await untilEmpty(outbox);
    for (const [n, group] of groups.entries())
      expect(await textsOf(person, group)).toEqual(numbers.filter((m) => m % 3 === n).map(String));
    // A socket is closed at the tenth refusal within a minute.
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.length).toBeLessThan(10);
    expect(new Set(codes)).toEqual(new Set(["RATE_LIMITED"]));
    await outbox.close();
  },
);

test(
  "after kill -9 at any moment every message that was durable is stored once, in order",
  { timeout: 120_000 },
  async () => {
    await using server = await startTestServer();
    await using person = await signedInClient(server.url);
    const groups = await groupsOf(person);
    const folder = await mkdtemp(join(tmpdir(), "causerie-outbox-"));
    const durable = new Set<string>();

    function start(name: string, count: number) {
      const main = join(import.meta.dirname, "outbox-process.ts");
      const { id, token } = person.person;
      const args = [main, server.url, token, id, join(folder, "outbox"), name, count, ...groups];
      const child = spawn(process.execPath, args.map(String), { stdio: ["ignore", "pipe", "inherit"] });
      let rest = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) durable.add(line);
      });
      return child;
    }

    for (let round = 0; round < 5; round += 1) {
      const child = start(`round ${round}`, 200);
      const exited = once(child, "exit");
      await once(child.stdout, "data");
      await delay(round * 60);
      child.kill("SIGKILL");
      await exited;
    }
    const last = start("last", 10);
    expect(await once(last, "exit")).toEqual([0, null]);

    const texts: string[] = [];
    for (const group of groups) {
      const ofGroup = await textsOf(person, group);
      texts.push(...ofGroup);
      // Each run's are in the order in which it sent them, and behind those of the runs before.
      const places = ofGroup.map((text) => {
        const [, run = "", n = ""] = /^(?:round (\d)|last) (\d+)$/.exec(text) ?? [];
        return Number(run || 9) * 1_000 + Number(n);
      });
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
    expect(new Set(texts).size).toBe(texts.length);
    expect([...durable].filter((text) => !texts.includes(text))).toEqual([]);
    expect(durable.size).toBeGreaterThan(20);
    await rm(folder, { recursive: true });
  },
);
