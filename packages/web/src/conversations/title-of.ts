import type { ConversationState } from "@causerie/client";
import { t } from "../i18n/i18n.ts";

/** The other person of a direct conversation. */
export function otherOf({ kind, member_ids }: ConversationState, me: number): number | undefined {
  if (kind !== "direct") return undefined;
  return member_ids?.find((id) => id !== me) ?? member_ids?.[0];
}

/** What a conversation is called. */
export function titleOf(conversation: ConversationState, me: number): string {
  const { kind, name, members } = conversation;
  if (kind === "direct") {
    const other = otherOf(conversation, me);
    return members.find(({ user_id }) => user_id === other)?.name || t("person.deleted");
  }
  return name ?? t(kind === "public" ? "chat.lobby" : "chat.group");
}
