import type { Connection } from "../connection/connection.ts";
import { toCauserieError } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Typing } from "../resources/typing.ts";
import type { WatchEvent } from "../types.ts";
import { createKeyedStore, type KeyedStore } from "./keyed-store.ts";
import type { PublishedDeps } from "./published.ts";
import { isFinal } from "./retry.ts";

/** Who types, in the conversations that are shown, and the saying of it. */
export interface TypingStore extends Pick<KeyedStore<readonly number[]>, "of" | "wanted"> {
  /** Says that the user types, however often it is called, or no longer types. */
  set(conversationId: number, isTyping: boolean): void;
  /** What the server tells; undefined when nothing is known any more. */
  onEvent(event: WatchEvent | undefined): void;
}

export interface TypingStoreDeps extends PublishedDeps {
  readonly clock: Clock;
  readonly connection: Pick<Connection, "link">;
  readonly typing: Typing;
}

/** It ends by itself. */
const lastsMs = 6_000;
/** Said no more often. */
const everyMs = 3_000;
const nobody: readonly number[] = [];

export function createTypingStore(deps: TypingStoreDeps, onWanted: () => void): TypingStore {
  const { clock, connection, typing, report } = deps;
  const { of, wanted, ids, get, set } = createKeyedStore(deps, nobody, onWanted);
  const ends = new Map<string, () => void>();
  /** When it was last said of each conversation that the user types. */
  const saidAt = new Map<number, number>();

  function note(id: number, userId: number, isTyping: boolean): void {
    const key = `${id} ${userId}`;
    ends.get(key)?.();
    ends.delete(key);
    if (isTyping)
      ends.set(
        key,
        clock.after(lastsMs, () => note(id, userId, false)),
      );
    const typists = get(id);
    if (typists.includes(userId) === isTyping) return;
    const others = typists.filter((one) => one !== userId);
    set(id, isTyping ? [...others, userId] : others.length > 0 ? others : nobody);
  }

  return {
    of,
    wanted,
    onEvent(event) {
      if (event?.type === "typing") note(event.conversation_id, event.user_id, event.typing);
      else if (!event || event.type === "presence.states") {
        // Who types where it goes on being told is told again, or ends by itself.
        for (const id of ids()) if (!event?.conversation_ids.includes(id)) set(id, nobody);
      }
    },
    set(id, isTyping) {
      const now = clock.now();
      const age = now - (saidAt.get(id) ?? -Infinity);
      // What was said long ago has ended; what was said just now is enough.
      if (!connection.link() || isTyping === age < (isTyping ? everyMs : lastsMs)) return;
      if (isTyping) saidAt.set(id, now);
      else saidAt.delete(id);
      typing.set({ conversation_id: id, typing: isTyping }).catch((cause: unknown) => {
        // What failed in passing is over before it could be said again.
        if (isFinal(toCauserieError(cause))) report("typing", cause);
      });
    },
  };
}
