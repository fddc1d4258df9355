/** Where somebody signed in, as they would name it. */
export interface Device {
  /** Undefined when the program did not say. */
  readonly name?: string;
  readonly isPhone: boolean;
}

// The first that matches counts: most browsers also name those that they want to be taken for.
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|Chromium|HeadlessChrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, "Android"],
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

const firstOf = (table: typeof browsers, text: string) => table.find(([pattern]) => pattern.test(text))?.[1];

/** What a session's `device` says: a browser and its system, or whatever else a program calls itself. */
export function deviceOf(device: string | null): Device {
  if (device === null) return { isPhone: false };
  const name = [firstOf(browsers, device), firstOf(systems, device)].filter(Boolean).join(" · ");
  return { name: name === "" ? device : name, isPhone: /\b(Android|iPhone|Mobile)\b/.test(device) };
}
