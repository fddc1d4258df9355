import { Pencil, Reply, X } from "lucide-react";
import { t } from "../i18n/i18n.ts";
import type { Writing } from "./writing.ts";
import { usePersonName } from "../people/use-people.ts";
import { IconButton } from "../ui/icon-button.tsx";
import styles from "./writing-bar.module.css";

/** Which message is answered or edited. */
export function WritingBar({
  writing,
  onClose,
}: {
  readonly writing: Writing;
  readonly onClose: () => void;
}) {
  const { kind, message } = writing;
  const name = usePersonName(message.sender_id);
  const Icon = kind === "edit" ? Pencil : Reply;
  return (
    <div className={styles.bar}>
      <Icon size={16} aria-hidden />
      <p>
        <strong>{kind === "edit" ? t("composer.editing") : t("composer.replying", { name })}</strong>
        <span dir="auto">{message.content.slice(0, 200)}</span>
      </p>
      <IconButton label={t("app.cancel")} onClick={onClose}>
        <X size={16} />
      </IconButton>
    </div>
  );
}
