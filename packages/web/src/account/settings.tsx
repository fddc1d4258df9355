import { ChevronLeft } from "lucide-react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";
import { t } from "../i18n/i18n.ts";
import { Appearance } from "./appearance.tsx";
import { Profile } from "./profile.tsx";
import { Security } from "./security.tsx";
import styles from "./settings.module.css";

const sections = ["profile", "security", "appearance"] as const;

/** The settings of the account and of this device, in three sections. */
export function Settings() {
  const [path] = useLocation();
  return (
    <main className={styles.page}>
      <title>{`${t("app.settings")} · ${t("app.name")}`}</title>
      <header className={styles.header}>
        <Link href="/" className={styles.back} aria-label={t("app.back")} title={t("app.back")}>
          <ChevronLeft />
        </Link>
        <h1 className={styles.title}>{t("app.settings")}</h1>
      </header>
      <nav className={styles.nav} aria-label={t("app.settings")}>
        {sections.map((section) => (
          <Link
            key={section}
            href={`/settings/${section}`}
            className={styles.tab}
            aria-current={path === `/settings/${section}` ? "page" : undefined}
          >
            {t(`account.${section}`)}
          </Link>
        ))}
      </nav>
      <div className={styles.sections}>
        <Switch>
          <Route path="/settings/profile" component={Profile} />
          <Route path="/settings/security" component={Security} />
          <Route path="/settings/appearance" component={Appearance} />
          <Route>
            <Redirect to="/settings/profile" replace />
          </Route>
        </Switch>
      </div>
    </main>
  );
}
