import { mustCall } from "../stage/api.ts";
import type { World } from "../stage/world.ts";

/** A message as its readers see it, which is how the checker reads it too. */
export interface StoredMessage {
  readonly seq: number;
  readonly sender_id: number;
  readonly client_message_id: string | null;
  readonly content: string;
}

/** What every conversation holds, by its id. */
export type Stored = ReadonlyMap<number, readonly StoredMessage[]>;

interface Page {
  readonly messages: readonly StoredMessage[];
  readonly to_seq: number;
  readonly has_newer: boolean;
}

/** Reads every conversation whole, as one of its members. */
export async function readStored(url: string, world: World): Promise<Stored> {
  const stored = new Map<number, StoredMessage[]>();
  for (const { id, members } of world.places) {
    const token = world.people[members[0] ?? 0]?.token ?? "";
    const messages: StoredMessage[] = [];
    let after = 0;
    for (let more = true; more;) {
      const path = `/conversations/${id}/messages?after=${after}&limit=100`;
      const page = await mustCall<Page>(url, token, "GET", path);
      messages.push(...page.messages);
      after = page.to_seq;
      more = page.has_newer;
    }
    stored.set(id, messages);
  }
  return stored;
}
