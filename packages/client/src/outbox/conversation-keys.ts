import type { Message } from "../types.ts";
import type { OutboxInput } from "./outbox.ts";

/** Tells which messages share a conversation, whether they name it or its receiver. */
export interface ConversationKeys {
  /** The conversation of `input`; null while nobody knows which one its receiver's is. */
  conversationOf(input: OutboxInput): number | null;
  /** Equal for messages of one conversation. */
  keyOf(input: OutboxInput): string;
  /** `input` was stored as `message`. */
  learn(input: OutboxInput, message: Message): void;
}

/** `lookUp` tells what the rest of the client knows of a receiver. */
export function createConversationKeys(
  lookUp: (receiverId: number | null) => number | undefined = () => undefined,
): ConversationKeys {
  const known = new Map<number | null, number>();

  function conversationOf({ conversation_id: conversation, receiver_id: receiver = null }: OutboxInput) {
    return conversation ?? known.get(receiver) ?? lookUp(receiver) ?? null;
  }

  return {
    conversationOf,
    keyOf: (input) => `${conversationOf(input) ?? `to ${input.receiver_id}`}`,
    learn(input, message) {
      if (input.conversation_id == null) known.set(input.receiver_id, message.conversation_id);
    },
  };
}
