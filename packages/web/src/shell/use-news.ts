import { useUnread } from "@causerie/client/react";
import { useEffect } from "react";
import { useLocation } from "wouter";
import { useAppClient } from "../app-client.tsx";
import { titleOf } from "../conversations/title-of.ts";
import { t } from "../i18n/i18n.ts";
import { notify } from "../notifications.ts";
import { useServices } from "../services.tsx";

/** Tells of what comes while nobody looks: in the title, and in notifications for those who want them. */
export function useNews(): void {
  const client = useAppClient();
  const { people } = useServices();
  const [, navigate] = useLocation();
  const unread = useUnread();

  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${t("app.name")}` : t("app.name");
  }, [unread]);

  useEffect(() => {
    const quiet = () => undefined;
    const { unsubscribe } = client.events.subscribe({
      event(event) {
        if (event.type !== "message.created") return;
        const { conversation_id: id, sender_id: senderId, content } = event.message;
        if (senderId === client.auth.userId()) return;
        const conversation = client.stores.list.get(id);
        const name = people.get(senderId) ?? t("person.unknown");
        const isDirect = !conversation || conversation.kind === "direct";
        const title = isDirect ? name : t("notify.from", { name, place: titleOf(conversation, senderId) });
        notify(title, content, id, () => navigate(`/c/${id}`));
      },
      resumed: quiet,
      caughtUp: quiet,
      reset: quiet,
    });
    return unsubscribe;
  }, [client, people, navigate]);
}
