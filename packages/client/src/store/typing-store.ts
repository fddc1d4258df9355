import type { Connection } from "../connection/connection.ts";
import { toCauserieError } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Typing } from "../resources/typing.ts";
import { createKeyedStore } from "./keyed-store.ts";
import type { PublishedDeps } from "./published.ts";
import { isFinal } from "./retry.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import type { Watch } from "./watch.ts";

/** Who types, in the conversations that are shown, and the saying of it. */
export interface TypingStore {
  /** The ids of the other people who type in a conversation. */
  of(conversationId: number): SnapshotStore<readonly number[]>;
  /** Says that the user types, as often as that is called, or no longer types. */
  set(conversationId: number, isTyping: boolean): void;
}

export interface TypingStoreDeps extends PublishedDeps {
  readonly watch: Watch;
  readonly clock: Clock;
  readonly connection: Pick<Connection, "link">;
  readonly typing: Typing;
}

/** It ends by itself. */
const lastsMs = 6_000;
/** Said no more often. */
const everyMs = 3_000;
const nobody: readonly number[] = [];

export function createTypingStore(deps: TypingStoreDeps): TypingStore {
  const { watch, clock, connection, typing, report } = deps;
  const typists = new Map<number, ReadonlyMap<number, () => void>>();
  const shown = new Map<number, readonly number[]>();
  /** When it was last said of each conversation that the user types. */
  const saidAt = new Map<number, number>();
  const store = createKeyedStore<readonly number[]>(
    deps,
    (id) => shown.get(id) ?? nobody,
    (id) => watch.want("conversation_ids", id),
  );

  function put(conversationId: number, next: ReadonlyMap<number, () => void>): void {
    const before = shown.get(conversationId) ?? nobody;
    if (next.size > 0) typists.set(conversationId, next);
    else typists.delete(conversationId);
    const same = before.length === next.size && before.every((id) => next.has(id));
    if (same) return;
    if (next.size > 0) shown.set(conversationId, [...next.keys()]);
    else shown.delete(conversationId);
    store.change(conversationId);
  }

  function note(conversationId: number, userId: number, isTyping: boolean): void {
    const next = new Map(typists.get(conversationId));
    next.get(userId)?.();
    if (isTyping)
      next.set(
        userId,
        clock.after(lastsMs, () => note(conversationId, userId, false)),
      );
    else next.delete(userId);
    put(conversationId, next);
  }

  function forget(conversationId: number): void {
    for (const cancel of typists.get(conversationId)?.values() ?? []) cancel();
    put(conversationId, new Map());
  }

  watch.onEvent((event) => {
    if (event?.type === "typing") return note(event.conversation_id, event.user_id, event.typing);
    if (event && event.type !== "presence.states") return;
    // Who types in those that go on being told of is told again, or ends by itself.
    for (const id of typists.keys()) if (!event?.conversation_ids.includes(id)) forget(id);
  });

  return {
    of: store.of,
    set(conversationId, isTyping) {
      const now = clock.now();
      const said = saidAt.get(conversationId) ?? -Infinity;
      // What was said long ago has ended, and what was said just now is enough.
      const isSaid = now - said < (isTyping ? everyMs : lastsMs);
      if (isTyping === isSaid || !connection.link()) return;
      if (isTyping) saidAt.set(conversationId, now);
      else saidAt.delete(conversationId);
      typing.set({ conversation_id: conversationId, typing: isTyping }).catch((cause: unknown) => {
        // What fails in passing is not worth repeating: it is over before.
        if (isFinal(toCauserieError(cause))) report("typing", cause);
      });
    },
  };
}
