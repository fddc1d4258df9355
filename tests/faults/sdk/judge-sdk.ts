import { setTimeout as pause } from "node:timers/promises";
import { check } from "../checker/check.ts";
import { readStored, type Stored } from "../checker/stored-messages.ts";
import type { Verdict } from "../checker/verdict.ts";
import type { Notes } from "../injections/run-on-stage.ts";
import { caughtUp } from "../stage/play.ts";
import type { Stage } from "../stage/stage.ts";
import type { Scene } from "./scene.ts";
import type { SdkClient } from "./sdk-client.ts";
import { wrongsOf } from "./wrongs-of.ts";

const catchUpMs = 90_000;
const settleMs = 20_000;

/** Holds what the clients were promised, saw and show against what is stored. All outcomes are known by then. */
export async function judgeSdk(
  stage: Stage,
  { all }: Pick<Scene, "all">,
  { fault }: Notes,
): Promise<Verdict> {
  const { server, history, world } = stage;
  const stored = byFirstWord(await readStored(server.url, world));
  const readers = all.filter((client) => !client.isGone());
  await caughtUp(readers, stored, world, catchUpMs);
  for (const client of readers) for (const wrong of await wrongsShown(client, stored)) fault(wrong);

  const { counts, faults } = check({
    ...{ entries: history.entries, stored, world, readers, exits: server.exits },
  });
  const known = new Set([...stored.values()].flat().map(({ client_message_id: key }) => key));
  for (const { name, kept } of all) {
    for (const key of kept) {
      if (known.has(key)) continue;
      counts.lost += 1;
      fault(`lost: ${key} was kept by the outbox of ${name}, and is not stored`);
    }
  }
  return { counts, faults };
}

/**
 * Takes the first word of a message for its key, as who writes it chooses that. Should the client send one message
 * under two ids, it is doubled.
 */
function byFirstWord(stored: Stored): Stored {
  const named = [...stored].map(([id, messages]) => {
    const renamed = messages.map((message) => ({
      ...message,
      client_message_id: message.content.split(" ", 1)[0] ?? "",
    }));
    return [id, renamed] as const;
  });
  return new Map(named);
}

/** What the stores of a client show otherwise than it is stored, once they had time to follow. */
async function wrongsShown(client: SdkClient, stored: Stored): Promise<string[]> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const wrongs = (await client.shown()).flatMap((shown) => wrongsOf(client.name, shown, stored));
    if (wrongs.length === 0 || performance.now() > deadline) return wrongs;
    await pause(100);
  }
}
