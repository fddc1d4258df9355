import type { Entry } from "../stage/history.ts";
import type { Blame, Evidence } from "./evidence.ts";

type Seen = Extract<Entry, { kind: "seen" }>;

/** Every reader saw every message of its conversations once, in the order of `seq`, and no other. */
export function checkReaders({ entries, stored, world, readers }: Evidence, blame: Blame): void {
  const seenBy = new Map<string, Seen[]>(readers.map(({ name }) => [name, []]));
  for (const entry of entries) {
    if (entry.kind === "seen") seenBy.get(entry.reader)?.push(entry);
    // Nothing here is old enough to be forgotten, and every cursor is of this log.
    if (entry.kind === "reset") blame("unseen", `${entry.reader} was told to start afresh: ${entry.reason}`);
  }
  for (const { name, person } of readers) {
    const seen = seenBy.get(name) ?? [];
    for (const place of world.places) {
      const here = seen.filter(({ conversation }) => conversation === place.id);
      const messages = stored.get(place.id) ?? [];
      if (place.members.includes(person)) checkPlace(name, here, messages, blame);
      else for (const { key } of here) blame("leaked", `${name} saw ${key}, which is not theirs to see`);
    }
  }
}

interface Message {
  readonly seq: number;
  readonly client_message_id: string | null;
}

function checkPlace(name: string, seen: readonly Seen[], stored: readonly Message[], blame: Blame): void {
  const keys = new Map(stored.map(({ seq, client_message_id: key }) => [seq, key]));
  const already = new Set<number>();
  let last = 0;
  for (const { conversation, seq, key } of seen) {
    if (already.has(seq)) blame("doubled", `${name} saw ${conversation}/${seq} again`);
    else if (seq < last) blame("misordered", `${name} saw ${conversation}/${seq} after ${last}`);
    if (keys.get(seq) !== key)
      blame("lost", `${name} saw ${key} at ${conversation}/${seq}, where ${keys.get(seq)} is`);
    already.add(seq);
    last = Math.max(last, seq);
  }
  for (const [seq, key] of keys) if (!already.has(seq)) blame("unseen", `${name} never saw ${key} (${seq})`);
}
