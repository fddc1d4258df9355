import { currentLanguage, t } from "./i18n.ts";

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs far more than using it. */
function format(options: Intl.DateTimeFormatOptions, date: Date): string {
  const language = currentLanguage();
  const key = `${language} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(language, options)));
  return made.format(date);
}

const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysAgo = (date: Date, now: Date) => Math.round((startOfDay(now) - startOfDay(date)) / dayMs);

/** Whether both are on one day, here. */
export const isSameDay = (one: Date, other: Date): boolean => startOfDay(one) === startOfDay(other);

/** The time of day. */
export const timeText = (date: Date): string => format({ timeStyle: "short" }, date);

/** Date and time in full. */
export const fullText = (date: Date): string => format({ dateStyle: "full", timeStyle: "short" }, date);

/** A day, as a heading. */
export function dayText(date: Date, now: Date): string {
  const ago = daysAgo(date, now);
  if (ago === 0) return t("chat.today");
  if (ago === 1) return t("chat.yesterday");
  const isThisYear = date.getFullYear() === now.getFullYear();
  return format(
    { weekday: "long", day: "numeric", month: "long", ...(isThisYear ? {} : { year: "numeric" }) },
    date,
  );
}

/** When something happened, as short as it can be: the time today, the weekday this week, else the date. */
export function whenText(date: Date, now: Date): string {
  const ago = daysAgo(date, now);
  if (ago <= 0) return timeText(date);
  if (ago < 7) return format({ weekday: "short" }, date);
  return format({ day: "numeric", month: "numeric", year: "2-digit" }, date);
}
