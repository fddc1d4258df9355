import { useConversations } from "@causerie/client/react";
import { MessageSquarePlus, Search, Settings, SquarePen, Users } from "lucide-react";
import { useDeferredValue, useMemo, useState, type Ref } from "react";
import { Link, useRoute } from "wouter";
import { t } from "../i18n/i18n.ts";
import { useAttempt } from "../notices/use-attempt.ts";
import { useMe } from "../people/use-people.ts";
import type { ShellDialog } from "../shell/shell-dialog.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { ConversationRow } from "./conversation-row.tsx";
import { titleOf } from "./title-of.ts";
import styles from "./sidebar.module.css";

interface Props {
  readonly filterRef: Ref<HTMLInputElement>;
  readonly onDialog: (dialog: ShellDialog) => void;
}

/** How near the end of the list the next page is asked for, in pixels. */
const nearEnd = 600;

/** The conversations, the latest written in first, and what begins new ones. */
export function Sidebar({ filterRef, onDialog }: Props) {
  const me = useMe();
  const attempt = useAttempt();
  const { conversations, status, hasMore, isLoadingMore, loadMore } = useConversations();
  const [, open] = useRoute("/c/:id/*?");
  const [filter, setFilter] = useState("");
  const query = useDeferredValue(filter.trim().toLocaleLowerCase());
  const found = useMemo(
    () =>
      query === ""
        ? conversations
        : conversations.filter((one) => titleOf(one, me.id).toLocaleLowerCase().includes(query)),
    [conversations, query, me.id],
  );
  const more = () => void attempt(loadMore);

  return (
    <nav className={styles.sidebar} aria-label={t("list.title")}>
      <header className={styles.header}>
        <Link href="/settings" className={styles.me} title={t("app.settings")}>
          <Avatar id={me.id} name={me.name} size={32} />
          <span className={styles.name} dir="auto">
            {me.name}
          </span>
          <Settings size={16} aria-label={t("app.settings")} />
        </Link>
        <Menu
          label={t("list.new")}
          items={[
            {
              label: t("list.newMessage"),
              icon: <MessageSquarePlus />,
              onSelect: () => onDialog("message"),
            },
            { label: t("list.newGroup"), icon: <Users />, onSelect: () => onDialog("group") },
          ]}
        >
          <SquarePen size={18} />
        </Menu>
      </header>
      <div className={styles.filter} role="search">
        <Search size={16} aria-hidden />
        <input
          ref={filterRef}
          type="search"
          value={filter}
          dir="auto"
          placeholder={t("list.filter")}
          aria-label={t("list.filterHint")}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            setFilter("");
            event.currentTarget.blur();
          }}
        />
      </div>
      <ul
        className={styles.list}
        onScroll={({ currentTarget: list }) => {
          const left = list.scrollHeight - list.scrollTop - list.clientHeight;
          if (hasMore && !isLoadingMore && left < nearEnd) more();
        }}
      >
        {found.map((conversation) => (
          <ConversationRow
            key={conversation.id}
            conversation={conversation}
            me={me.id}
            isOpen={open?.id === `${conversation.id}`}
          />
        ))}
        {hasMore && (
          <li className={styles.more}>
            <Button busy={isLoadingMore} onClick={more}>
              {t("list.more")}
            </Button>
          </li>
        )}
      </ul>
      {status === "ready" && found.length === 0 && (
        <div className={styles.empty}>
          <p>{query === "" ? t("list.empty") : t("list.noMatch", { query: filter.trim() })}</p>
          {query === "" && <p>{t("list.emptyHint")}</p>}
          <Button onClick={() => onDialog("message")}>{t("list.newMessage")}</Button>
        </div>
      )}
    </nav>
  );
}
