import { lazy, Suspense, useCallback, useRef, useState } from "react";
import { Route, Switch, useLocation } from "wouter";
import { Banner } from "../banner/banner.tsx";
import { Sidebar } from "../conversations/sidebar.tsx";
import { t } from "../i18n/i18n.ts";
import { useShortcuts } from "../keyboard/use-shortcuts.ts";
import { ConversationPage } from "../messages/conversation-page.tsx";
import type { ShellDialog } from "./shell-dialog.ts";
import { useNews } from "./use-news.ts";
import { Welcome } from "./welcome.tsx";
import { Splash } from "./splash.tsx";
import styles from "./shell.module.css";

const Settings = lazy(async () => ({ default: (await import("../account/settings.tsx")).Settings }));
const NewMessage = lazy(async () => ({
  default: (await import("../conversations/new-message.tsx")).NewMessage,
}));
const NewGroup = lazy(async () => ({ default: (await import("../conversations/new-group.tsx")).NewGroup }));
const ShortcutSheet = lazy(async () => ({
  default: (await import("../keyboard/shortcut-sheet.tsx")).ShortcutSheet,
}));

/** What the signed-in see: their conversations, and one of them. On small screens one of the two. */
export function Shell() {
  const [path, navigate] = useLocation();
  const [dialog, setDialog] = useState<ShellDialog>();
  const filter = useRef<HTMLInputElement>(null);
  const close = useCallback(() => setDialog(undefined), []);
  const isList = path === "/";

  useNews();
  useShortcuts({
    showKeys: () => setDialog("keys"),
    focusFilter() {
      // On a small screen the field is on the other pane.
      if (filter.current?.offsetParent === null) navigate("/");
      requestAnimationFrame(() => filter.current?.select());
    },
  });

  return (
    <div className={styles.shell} data-pane={isList ? "list" : "page"}>
      <Banner />
      <div className={styles.side}>
        <Sidebar filterRef={filter} onDialog={setDialog} />
      </div>
      <div className={styles.main}>
        <Suspense fallback={<Splash />}>
          <Switch>
            <Route path="/c/:id/m/:messageId">
              {({ id, messageId }) => (
                <ConversationPage key={id} id={Number(id)} messageId={Number(messageId)} />
              )}
            </Route>
            <Route path="/c/:id">{({ id }) => <ConversationPage key={id} id={Number(id)} />}</Route>
            <Route path="/settings/*?" component={Settings} />
            <Route path="/">
              <Welcome onDialog={setDialog} />
            </Route>
            <Route>
              <p className={styles.nothing}>{t("app.notFound")}</p>
            </Route>
          </Switch>
        </Suspense>
      </div>
      <Suspense>
        {dialog === "message" && <NewMessage onClose={close} />}
        {dialog === "group" && <NewGroup onClose={close} />}
        {dialog === "keys" && <ShortcutSheet onClose={close} />}
      </Suspense>
    </div>
  );
}
