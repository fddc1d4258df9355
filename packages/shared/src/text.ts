import { z } from "zod";

const blank = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}]*$/u;
const unprintable = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

/** One of some words, in an input: a refusal names them. */
export function choice<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, {
    error: (issue) => (issue.input === undefined ? "is required" : `must be one of ${values.join(", ")}`),
  });
}

/** How many Unicode code points `text` has: what people call characters, except for combined emoji. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export interface TextRules {
  /** Most code points. */
  readonly max: number;
  /** Fewest code points; 1 unless given. */
  readonly min?: number;
  /** Most bytes in UTF-8. */
  readonly maxBytes?: number;
  /** One line of visible characters: no control characters, no direction overrides. */
  readonly singleLine?: boolean;
}

function firstFault(text: string, rules: TextRules): string | undefined {
  if (!text.isWellFormed()) return "must be valid Unicode: it holds half of a surrogate pair";
  if (text.includes("\0")) return "must not hold a NUL character";
  if (blank.test(text)) return "must not be blank";
  const length = codePoints(text);
  if (length < (rules.min ?? 1)) return `must have at least ${rules.min ?? 1} characters`;
  if (length > rules.max) return `must have at most ${rules.max} characters`;
  if (rules.maxBytes !== undefined && new TextEncoder().encode(text).length > rules.maxBytes) {
    return `must have at most ${rules.maxBytes} bytes in UTF-8`;
  }
  if (rules.singleLine && unprintable.test(text)) {
    return "must be one line without control or direction characters";
  }
  return undefined;
}

/**
 * Text as people write it: valid Unicode, not blank, no NUL, of bounded size.
 * SQLite and PostgreSQL disagree about NUL and lone surrogates, so neither may reach them.
 */
export function text(rules: TextRules) {
  return z
    .string()
    .superRefine((value, context) => {
      const message = firstFault(value, rules);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    })
    .meta({ minLength: rules.min ?? 1, maxLength: rules.max });
}

/**
 * The form in which names and e-mails are compared and made unique: NFKC and case folded
 * (upper case first, so that `ß` and `SS` meet).
 * @see https://www.unicode.org/reports/tr15/
 */
export function foldKey(value: string): string {
  return value.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}
