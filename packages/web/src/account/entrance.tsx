import type { ReactNode } from "react";
import { t } from "../i18n/i18n.ts";
import styles from "./entrance.module.css";

export interface EntranceProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The way to the other page. */
  readonly footer: ReactNode;
}

/** The page of those who are not signed in. */
export function Entrance({ title, children, footer }: EntranceProps) {
  return (
    <main className={styles.page}>
      <title>{`${title} · ${t("app.name")}`}</title>
      <div className={styles.card}>
        <header className={styles.header}>
          <img src="/app/icon.svg" alt="" width="48" height="48" />
          <h1 className={styles.title}>{title}</h1>
        </header>
        {children}
        <p className={styles.footer}>{footer}</p>
      </div>
    </main>
  );
}
