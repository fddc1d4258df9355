import type { Member, MemberRole } from "@causerie/client";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Menu, type MenuItem } from "../ui/menu.tsx";
import styles from "./members.module.css";

interface Props {
  readonly conversationId: number;
  readonly members: readonly Member[];
  readonly me: number;
  /** The caller's role; null when there is nothing to decide. */
  readonly role: MemberRole | null;
  readonly onRun: (work: () => Promise<unknown>) => void;
}

const roles: readonly MemberRole[] = ["owner", "admin", "member"];

/** Who is in a conversation, with what the caller may do about each. */
export function Members({ conversationId, members, me, role, onRun }: Props) {
  const calls = useAppClient().conversations.members;

  function itemsFor({ user_id, role: theirs }: Member): MenuItem[] {
    const input = { conversation_id: conversationId, user_id };
    const items: MenuItem[] = [];
    if (role === "owner")
      for (const next of roles)
        if (next !== theirs)
          items.push({
            label: t("group.makeRole", { role: t(`group.${next}`) }),
            onSelect: () => onRun(() => calls.setRole({ ...input, role: next })),
          });
    if (user_id !== me && (role === "owner" || (role === "admin" && theirs === "member")))
      items.push({
        label: t("group.removeShort"),
        danger: true,
        onSelect: () => onRun(() => calls.remove(input)),
      });
    return items;
  }

  return (
    <ul className={styles.members}>
      {members.map((member) => {
        const name = member.name || t("person.deleted");
        const items = itemsFor(member);
        return (
          <li key={member.user_id} className={styles.member}>
            <Avatar id={member.user_id} name={name} size={32} />
            <span className={styles.name} dir="auto">
              {member.user_id === me ? t("person.you", { name }) : name}
            </span>
            {role !== null && member.role !== "member" && (
              <span className={styles.role}>{t(`group.${member.role}`)}</span>
            )}
            {items.length > 0 && <Menu label={t("group.role", { name })} items={items} />}
          </li>
        );
      })}
    </ul>
  );
}
