import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { createClient } from "@causerie/client";
import { expect, onTestFinished, test } from "vitest";

async function startDemo(dataDir: string): Promise<{ url: string; stop(): Promise<unknown> }> {
  const child = spawn(process.execPath, ["scripts/demo.mjs"], {
    env: { ...process.env, PORT: "0", DATA_DIR: dataDir, RATE_LIMIT: "on", BUILD_WEB: "off" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit");
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const [, url] = /^Open (\S+)\/ and sign in/.exec(line) ?? [];
    if (url === undefined) continue;
    return {
      url,
      stop() {
        child.kill("SIGTERM");
        return ended;
      },
    };
  }
  throw new Error(`The demonstration ended: ${said.join("\n")}`);
}

test(
  "pnpm demo shows its visitor conversations of the last days, some of it unread, and people who answer; SIGTERM ends it with 0",
  { timeout: 90_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "causerie-demo-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const first = await startDemo(dataDir);

    const client = createClient({ url: first.url });
    onTestFinished(() => client.close());
    await client.auth.login({ email: "camille@example.com", password: "causerie demo" });
    const { conversations } = await client.conversations.list();
    expect(conversations.map(({ kind }) => kind).sort()).toEqual([
      ...["direct", "direct", "group", "group", "group", "public"],
    ]);
    expect(conversations.filter(({ unread_count }) => unread_count > 0).length).toBeGreaterThan(3);
    const times = conversations.map(({ activity_at }) => Date.parse(activity_at));
    expect(Math.min(...times)).toBeLessThan(Date.now() - 5 * 60_000);

    // Who is written to answers.
    const friend = conversations.find(({ kind }) => kind === "direct");
    const heard = new Promise<string>((resolve) => {
      client.events.subscribe({
        event(event) {
          if (event.type === "message.created" && event.message.receiver_id === client.auth.userId())
            resolve(event.message.content);
        },
        ...{ resumed: () => undefined, caughtUp: () => undefined, reset: () => undefined },
      });
    });
    await client.messages.send({ conversation_id: friend?.id ?? 0, content: "Salut" });
    expect(await heard).not.toBe("");
    await client.close();
    expect(await first.stop()).toEqual([0, null]);
  },
);
