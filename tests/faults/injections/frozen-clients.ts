import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { mustCall } from "../stage/api.ts";
import type { Entry } from "../stage/history.ts";
import {
  acknowledgedMore,
  judge,
  readerOptions,
  startReaders,
  startWriters,
  stopWriters,
} from "../stage/play.ts";
import type { Reader } from "../readers/reader.ts";
import type { Stage } from "../stage/stage.ts";
import type { Fault } from "./fault.ts";
import { runOnStage } from "./run-on-stage.ts";

/** The last of them, who has no other connection. */
const frozen = 5;
const goneWithinMs = 45_000;

/** A client stops without closing its connection, as a laptop does that is shut. */
export const frozenClients: Fault = {
  name: "frozen-clients",
  what: "A client's process is stopped (SIGSTOP) until its user is offline, then goes on",
  demand: "offline within 45 s, complete after the thaw",
  runs: 20,
  lanes: 1,
  run: (seed) =>
    runOnStage(seed, {}, async (stage, { measure, fault }) => {
      const { server, history, world } = stage;
      await server.start();
      const all = await startReaders({
        ...stage,
        world: { ...world, people: world.people.slice(0, frozen) },
      });
      const client = startClient(stage);
      // Nobody writes as the one who is frozen: a writer's socket would keep them online.
      const awake = { ...stage, world: { ...world, people: world.people.slice(0, frozen) } };
      const writers = startWriters(awake, { writers: 4, inFlight: 1, thinkMs: 200 });
      await acknowledgedMore(stage, 10);
      const { token } = world.people[0]!;
      const isOnline = async () =>
        (await mustCall<number[]>(server.url, token, "GET", "/messages/online-users")).includes(
          world.people[frozen]!.id,
        );
      while (!(await isOnline())) await pause(50);

      history.add({ kind: "nemesis", what: "freeze" });
      client.signal("SIGSTOP");
      const began = performance.now();
      while ((await isOnline()) && performance.now() - began < goneWithinMs * 2) await pause(100);
      const goneMs = Math.round(performance.now() - began);
      measure("offline after, ms", goneMs);
      if (goneMs > goneWithinMs) fault(`the frozen client was online for ${goneMs} ms`);

      client.signal("SIGCONT");
      history.add({ kind: "nemesis", what: "thaw" });
      await acknowledgedMore(stage, 10);
      await stopWriters(writers);
      return await judge(stage, [...all, client.reader]);
    }),
};

/** Starts the reader in a process of its own; what it sees goes into the history here. */
function startClient(stage: Stage) {
  const { history, server, dataDir, over } = stage;
  const { name, person, actor } = readerOptions(stage, "frozen", frozen);
  const options = { name, person, actor, server: { url: server.url, wsUrl: server.wsUrl } };
  const program = join(import.meta.dirname, "frozen-client.ts");
  const child = spawn(
    process.execPath,
    [program, JSON.stringify(options), join(dataDir, "..", "frozen.ndjson")],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const gone = once(child, "exit");
  over.addEventListener("abort", () => child.kill("SIGKILL"));
  const newest = new Map<number, number>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const entry = JSON.parse(line) as Entry;
    history.add(entry);
    if (entry.kind === "seen")
      newest.set(entry.conversation, Math.max(entry.seq, newest.get(entry.conversation) ?? 0));
  });
  const reader: Reader = {
    name,
    person,
    newest: (conversation) => newest.get(conversation) ?? 0,
    async stop() {
      child.kill("SIGTERM");
      await gone;
    },
  };
  return { reader, signal: (signal: NodeJS.Signals) => child.kill(signal) };
}
