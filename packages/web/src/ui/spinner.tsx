import { t } from "../i18n/i18n.ts";
import styles from "./spinner.module.css";

/** Something is on its way. Without a `label` it is decoration of what says so. */
export function Spinner({ label, isDecoration = false }: { label?: string; isDecoration?: boolean }) {
  return isDecoration ? (
    <span className={styles.spinner} aria-hidden="true" />
  ) : (
    <span className={styles.spinner} role="status" aria-label={label ?? t("app.loading")} />
  );
}
