import type { ConversationState } from "@causerie/client";
import { usePresence } from "@causerie/client/react";
import { Globe } from "lucide-react";
import { Avatar } from "../ui/avatar.tsx";
import { otherOf, titleOf } from "./title-of.ts";
import styles from "./conversation-avatar.module.css";

interface Props {
  readonly conversation: ConversationState;
  readonly me: number;
  readonly size?: number;
}

/** The other person with their presence, or what stands for a group or for everybody. */
export function ConversationAvatar({ conversation, me, size = 40 }: Props) {
  const other = otherOf(conversation, me);
  const name = titleOf(conversation, me);
  if (other !== undefined) return <PersonAvatar id={other} name={name} size={size} />;
  if (conversation.kind === "group") return <Avatar id={conversation.id + 3} name={name} size={size} />;
  return (
    <span className={styles.place} style={{ inlineSize: size, blockSize: size }}>
      <Globe size={size / 2} strokeWidth={1.75} aria-hidden />
    </span>
  );
}

function PersonAvatar({
  id,
  name,
  size,
}: {
  readonly id: number;
  readonly name: string;
  readonly size: number;
}) {
  const status = usePresence([id]).get(id);
  return <Avatar id={id} name={name} size={size} status={status === "offline" ? undefined : status} />;
}
