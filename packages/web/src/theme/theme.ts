/** The looks that can be chosen; `system` follows the device. */
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const setting = "causerie.theme";

/** The look that was chosen here. */
export function currentTheme(): Theme {
  const chosen = localStorage.getItem(setting);
  return themes.find((theme) => theme === chosen) ?? "system";
}

/** Chooses a look, here and for the next time. */
export function setTheme(theme: Theme): void {
  localStorage.setItem(setting, theme);
  showTheme(theme);
}

/** Shows a look: the colours follow `color-scheme`, which the attribute sets. */
export function showTheme(theme: Theme = currentTheme()): void {
  document.documentElement.dataset["theme"] = theme;
}
