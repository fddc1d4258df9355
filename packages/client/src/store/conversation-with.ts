import type { OutboxInput } from "../outbox/outbox.ts";
import type { ConversationState } from "../types.ts";

/** Which of the conversations that are known a message on its way belongs to. `areAll`: there are no others. */
export function findConversation(
  known: readonly ConversationState[],
  { conversation_id: id, receiver_id: receiver }: OutboxInput,
  userId: number | undefined,
  areAll: boolean,
): number | undefined {
  if (id != null) return id;
  if (receiver == null) {
    // The first public conversation is the one of everybody.
    const open = areAll ? known.filter(({ kind }) => kind === "public") : [];
    return open.length > 0 ? Math.min(...open.map((state) => state.id)) : undefined;
  }
  const isWith = ({ kind, member_ids: members }: ConversationState) =>
    kind === "direct" && (members?.find((one) => one !== userId) ?? userId) === receiver;
  return known.find(isWith)?.id;
}
