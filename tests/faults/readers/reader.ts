import type { History } from "../stage/history.ts";
import type { Item } from "../stage/trpc-connection.ts";
import type { Actor } from "../stage/world.ts";

/** Somebody who follows the events from where the log stood at the beginning, across all cuts. */
export interface Reader {
  readonly name: string;
  /** Whose events they are, by place in the world's people. */
  readonly person: number;
  /** The newest `seq` it saw of a conversation; 0 when it saw none. */
  newest(conversation: number): number;
  stop(): Promise<void>;
}

export interface ReaderOptions {
  readonly name: string;
  readonly person: number;
  readonly actor: Actor;
  readonly server: { readonly url: string; readonly wsUrl: string };
  readonly history: History;
  /** Ends it like `stop`. */
  readonly over: AbortSignal;
}

/** What a reader keeps: its cursor, and how far it is. */
export interface Progress {
  cursor(): string;
  newest(conversation: number): number;
  /** Takes what came, in the order it came. */
  take(item: Item): void;
}

interface Message {
  readonly conversation_id: number;
  readonly seq: number;
  readonly client_message_id: string | null;
}

export function createProgress({ name, actor, history }: ReaderOptions): Progress {
  let cursor = actor.cursor;
  const newest = new Map<number, number>();
  return {
    cursor: () => cursor,
    newest: (conversation) => newest.get(conversation) ?? 0,
    take({ id, data }) {
      cursor = id;
      if (data.type === "message.created") {
        const { conversation_id: conversation, seq, client_message_id: key } = data["message"] as Message;
        newest.set(conversation, Math.max(seq, newest.get(conversation) ?? 0));
        history.add({ kind: "seen", reader: name, conversation, seq, key: key ?? "", cursor });
      } else if (data.type === "member.left") {
        const conversation = data["conversation_id"] as number;
        history.add({ kind: "left", reader: name, conversation, user: data["user_id"] as number });
      } else if (data.type === "reset") {
        history.add({ kind: "reset", reader: name, reason: String(data["reason"]) });
      }
    },
  };
}
