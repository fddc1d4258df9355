import { useState } from "react";
import { currentLanguage, languages, setLanguage, t, type Language } from "../i18n/i18n.ts";
import { notificationSetting, setNotifications } from "../notifications.ts";
import { useAttempt } from "../notices/use-attempt.ts";
import { currentTheme, setTheme, themes, type Theme } from "../theme/theme.ts";
import { Choice } from "./choice.tsx";
import { Section } from "./section.tsx";
import styles from "./choice.module.css";

/** What is chosen on this device: colours, language, notifications. */
export function Appearance() {
  return (
    <>
      <ThemeChoice />
      <LanguageChoice />
      <NotificationsChoice />
    </>
  );
}

function ThemeChoice() {
  const [theme, choose] = useState(currentTheme);
  return (
    <Section title={t("account.theme")}>
      <Choice<Theme>
        label={t("account.theme")}
        value={theme}
        options={themes.map((value) => ({ value, label: t(`account.theme.${value}`) }))}
        onChange={(next) => {
          setTheme(next);
          choose(next);
        }}
      />
    </Section>
  );
}

function LanguageChoice() {
  const attempt = useAttempt();
  const names = Object.entries(languages) as [Language, string][];
  return (
    <Section title={t("account.language")}>
      <Choice<Language>
        label={t("account.language")}
        value={currentLanguage()}
        options={names.map(([value, label]) => ({ value, label, lang: value }))}
        onChange={(next) => void attempt(() => setLanguage(next))}
      />
    </Section>
  );
}

function NotificationsChoice() {
  const [setting, choose] = useState(notificationSetting);
  const isPossible = setting === "on" || setting === "off";
  return (
    <Section title={t("account.notifications")}>
      <label className={styles.switch}>
        <span>
          {t("account.notificationsOn")}
          <span className={styles.note}>
            {setting === "on" || setting === "off"
              ? t("account.notificationsHint")
              : t(`account.notifications.${setting}`)}
          </span>
        </span>
        <input
          type="checkbox"
          role="switch"
          disabled={!isPossible}
          checked={setting === "on"}
          onChange={(event) => void setNotifications(event.target.checked).then(choose)}
        />
      </label>
    </Section>
  );
}
