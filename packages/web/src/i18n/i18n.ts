import i18next from "i18next";
import type { Catalogue } from "./en.ts";

/** The languages that the app speaks, each by its own name. */
export const languages = { en: "English", fr: "Français" } as const;
export type Language = keyof typeof languages;

/** The keys of the texts; those with `_one` and `_other` are one, chosen by `count`. */
export type TextKey = WithoutPlural<keyof Catalogue>;
type WithoutPlural<Key> = Key extends `${infer Base}_one` | `${infer Base}_other` ? Base : Key;

const loaders: { readonly [Name in Language]: () => Promise<Catalogue> } = {
  en: async () => (await import("./en.ts")).en,
  fr: async () => (await import("./fr.ts")).fr,
};
const setting = "causerie.language";

const isLanguage = (value: string | null | undefined): value is Language =>
  value != null && Object.hasOwn(loaders, value);

/** The language that was chosen here, else the first one of the browser's that there is, else English. */
function wantedLanguage(): Language {
  const chosen = localStorage.getItem(setting);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split("-")[0]).find(isLanguage) ?? "en";
}

/** Loads the texts. Nothing is shown before. */
export async function startTexts(): Promise<void> {
  await i18next.init({
    lng: "dev",
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    // React escapes.
    interpolation: { escapeValue: false },
  });
  await show(wantedLanguage());
}

async function show(language: Language): Promise<void> {
  i18next.addResourceBundle(language, "translation", await loaders[language]());
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}

/** Changes the language, here and for the next time. */
export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(setting, language);
  await show(language);
}

/** The language in use. */
export const currentLanguage = (): Language => (isLanguage(i18next.language) ? i18next.language : "en");

/** Calls `listener` when another language is in use. Returns what stops it. */
export function onLanguage(listener: () => void): () => void {
  i18next.on("languageChanged", listener);
  return () => i18next.off("languageChanged", listener);
}

/** A text in the language in use. */
export const t = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
  i18next.t(key, values);
