import type { CauserieError } from "@causerie/client";
import { t } from "../i18n/i18n.ts";
import { errorText } from "../notices/use-attempt.ts";

/** What is wrong with a form: at its fields, by their names, and else with all of it. */
export interface FieldErrors {
  readonly fields: Readonly<Record<string, string>>;
  readonly form?: string;
}

/** The server's faults that people meet, in their own language. */
function faultText(message: string): string {
  const [number] = message.match(/\d+/) ?? [];
  const count = Number(number);
  if (message.startsWith("must have at least")) return t("account.fault.short", { count });
  if (message.startsWith("must have at most")) return t("account.fault.long", { count });
  switch (message) {
    case "is wrong":
      return t("account.fault.password");
    case "must be an e-mail address":
      return t("account.fault.email");
    case "is required":
    case "must not be blank":
      return t("account.fault.blank");
    default:
      return t("account.fault.other");
  }
}

function formText(error: CauserieError): string {
  if (error.code === "INVALID_CREDENTIALS") return t("account.fault.credentials");
  if (error.code === "RATE_LIMITED" && error.retryAfterMs !== undefined)
    return t("account.fault.wait", { count: Math.ceil(error.retryAfterMs / 1000) });
  return errorText(error);
}

/** What a refused call says about the fields with these names. What is about none of them is about the whole form. */
export function fieldErrors(error: CauserieError, names: readonly string[]): FieldErrors {
  if (error.code === "EMAIL_TAKEN" && names.includes("email"))
    return { fields: { email: t("account.fault.emailTaken") } };
  const fields: Record<string, string> = {};
  for (const { loc, msg } of error.issues) {
    const name = String(loc.at(-1));
    // The first fault of a field is enough to go on.
    if (names.includes(name)) fields[name] ??= faultText(msg);
  }
  return Object.keys(fields).length > 0 ? { fields } : { fields, form: formText(error) };
}
