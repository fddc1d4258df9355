import { MessageCircle } from "lucide-react";
import { t } from "../i18n/i18n.ts";
import { Button } from "../ui/button.tsx";
import type { ShellDialog } from "./shell-dialog.ts";
import styles from "./welcome.module.css";

/** Beside the list, as long as no conversation is open. */
export function Welcome({ onDialog }: { readonly onDialog: (dialog: ShellDialog) => void }) {
  return (
    <main className={styles.welcome}>
      <MessageCircle size={40} strokeWidth={1.25} aria-hidden />
      <h1>{t("app.welcome")}</h1>
      <p>{t("app.welcomeHint")}</p>
      <Button onClick={() => onDialog("message")}>{t("list.newMessage")}</Button>
    </main>
  );
}
