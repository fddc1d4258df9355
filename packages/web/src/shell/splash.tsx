import type { ReactNode } from "react";
import { t } from "../i18n/i18n.ts";
import styles from "./splash.module.css";

/** While there is nothing else to show. It appears late, so that what is quick does not flash. */
export function Splash({ banner }: { readonly banner?: ReactNode }) {
  return (
    <div className={styles.page}>
      {banner}
      <div className={styles.splash} role="status">
        <span className="visually-hidden">{t("app.loading")}</span>
        <img src="/app/icon.svg" alt="" width="48" height="48" />
      </div>
    </div>
  );
}
