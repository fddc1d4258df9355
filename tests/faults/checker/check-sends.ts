import type { Entry } from "../stage/history.ts";
import type { Blame, Evidence } from "./evidence.ts";
import type { Counts } from "./verdict.ts";

type Sent = Extract<Entry, { kind: "send" }>;
type Ended = Extract<Entry, { kind: "outcome" }>;

/** Every acknowledged send is stored once, where it was said to be, and in the order it was sent. */
export function checkSends({ entries, stored }: Evidence, counts: Counts, blame: Blame): void {
  const sends = new Map<string, Sent>();
  const outcomes = new Map<string, Ended>();
  for (const entry of entries) {
    if (entry.kind === "send") sends.set(entry.key, entry);
    else if (entry.kind === "outcome") outcomes.set(entry.key, entry);
  }

  const places = new Map<string, { conversation: number; seq: number }>();
  for (const [conversation, messages] of stored) {
    let expected = 1;
    const lastOf = new Map<string, Sent>();
    for (const { seq, client_message_id: key } of messages) {
      if (seq !== expected) blame("gaps", `conversation ${conversation} has ${seq} where ${expected} is due`);
      expected = seq + 1;
      const send = key === null ? undefined : sends.get(key);
      if (key === null || !send || send.conversation !== conversation) {
        blame("phantom", `${key} at ${conversation}/${seq} was never sent there`);
        continue;
      }
      if (places.has(key)) blame("doubled", `${key} is stored at ${conversation}/${seq} too`);
      else places.set(key, { conversation, seq });
      const last = lastOf.get(send.writer);
      if (last && last.n > send.n)
        blame("misordered", `${key} at ${conversation}/${seq} comes after ${last.key}`);
      lastOf.set(send.writer, send);
    }
  }

  for (const [key, { outcome, seq }] of outcomes) {
    const place = places.get(key);
    if (outcome === "ok") {
      counts.acknowledged += 1;
      if (!place) blame("lost", `${key} was acknowledged and is not stored`);
      else if (seq !== undefined && seq !== place.seq)
        blame("lost", `${key} was acknowledged as ${seq} and is ${place.seq}`);
    } else if (outcome === "failed") {
      counts.refused += 1;
      if (place) blame("phantom", `${key} was refused and is stored at ${place.conversation}/${place.seq}`);
    }
  }
}
