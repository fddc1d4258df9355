import { rmSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient, type Client } from "@causerie/client";
import { readConfig, startServer } from "@causerie/server";
import { cast, emailOf, password, people, visitor, type Person } from "./cast.ts";
import { scenes, type Scene } from "./scenes.ts";

const minute = 60_000;
const hour = 60 * minute;

/** Says whether `dataDir` holds the demonstration, and whole. */
const markerIn = (dataDir: string): string => join(dataDir, "demo.json");
export const isSeeded = (dataDir: string): boolean => existsSync(markerIn(dataDir));

/**
 * Fills `dataDir` with the people and what they wrote in the last days: a server of its own lives
 * through these days, as times of messages are the server's. What an earlier run left half done is
 * removed first.
 */
export async function seed(dataDir: string, onStep: (step: string) => void): Promise<void> {
  rmSync(dataDir, { recursive: true, force: true });
  const end = Date.now();
  let now = end - 80 * hour;
  const config = readConfig({
    DATA_DIR: dataDir,
    ...{ PORT: "0", RATE_LIMIT: "off", LOG_LEVEL: "error", ACCESS_TOKEN_TTL: "1d", BROADCAST: "admins" },
  });
  const clock = {
    now: () => now,
    after(ms: number, task: () => void) {
      const timer = setTimeout(task, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
  const server = await startServer(config, { clock });
  const clients = new Map<Person, Client>();
  const as = (person: Person): Client => {
    const client = clients.get(person);
    if (!client) throw new Error(`${person} is not signed in.`);
    return client;
  };
  const placeOf = createPlaces(as);

  try {
    onStep("the people");
    for (const person of people) {
      // They live in the past too: tokens are renewed by the client's clock.
      const client = createClient({ url: server.url, platform: { clock } });
      await client.auth.register({ name: cast[person], email: emailOf(person), password });
      await client.auth.login({ email: emailOf(person), password });
      clients.set(person, client);
    }
    onStep("what they wrote");
    for (const { at, scene, who, text } of linesOf(scenes, end)) {
      now = Math.max(now, at);
      const conversationId = await placeOf(scene);
      await as(who).messages.send({ conversation_id: conversationId, content: text });
    }
    // Everybody has read what they have answered, the visitor not quite everything.
    onStep("what they read");
    for (const scene of scenes)
      for (const person of scene.members) await readUpToOwn(as(person), await placeOf(scene));
  } finally {
    for (const client of clients.values()) await client.close();
    await server.stop();
  }
  writeFileSync(markerIn(dataDir), `${JSON.stringify({ seeded_at: new Date(end).toISOString() })}\n`);
}

/** The lines of all scenes as they were written: together they are one past. */
function linesOf(all: readonly Scene[], end: number) {
  return all
    .flatMap((scene) => {
      let at = end - scene.hoursAgo * hour;
      return scene.lines.map(([minutes, who, text]) => ({
        at: Math.min((at += minutes * minute), end - minute),
        ...{ scene, who, text },
      }));
    })
    .sort((a, b) => a.at - b.at);
}

/** The conversation of a scene, made when its first line is written. */
function createPlaces(as: (person: Person) => Client): (scene: Scene) => Promise<number> {
  const made = new Map<Scene, Promise<number>>();
  return (scene) => {
    const place = made.get(scene) ?? make(scene, as);
    made.set(scene, place);
    return place;
  };
}

async function make({ name, members }: Scene, as: (person: Person) => Client): Promise<number> {
  if (name === null) return await lobbyOf(as(visitor));
  const [owner, ...others] = members;
  if (!owner) throw new Error("A scene needs somebody.");
  const ids = await Promise.all(others.map(async (person) => (await as(person).users.me()).id));
  const input = name === undefined ? { kind: "direct" as const } : { kind: "group" as const, name };
  return (await as(owner).conversations.create({ ...input, member_ids: ids })).id;
}

/** The public conversation that every server begins with. */
export async function lobbyOf({ conversations }: Client): Promise<number> {
  const { conversations: all } = await conversations.list({ limit: 100 });
  const lobby = all.find(({ kind }) => kind === "public");
  if (!lobby) throw new Error("The server has no public conversation.");
  return lobby.id;
}

async function readUpToOwn(client: Client, conversationId: number): Promise<void> {
  const { id } = await client.users.me();
  const { messages } = await client.conversations.history({ conversation_id: conversationId, limit: 100 });
  const own = messages.findLast(({ sender_id }) => sender_id === id);
  if (own) await client.conversations.markRead({ conversation_id: conversationId, up_to_seq: own.seq });
}
