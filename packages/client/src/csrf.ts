import type { cookieNames } from "@causerie/shared";

const name: (typeof cookieNames)["csrf"] = "causerie_csrf";

interface Page {
  readonly document?: { readonly cookie: string };
  readonly location?: { readonly origin: string };
}

/**
 * What goes with the cookie of a browser session: the CSRF token, which a page reads from a cookie
 * of its own origin and tells no other. Elsewhere nothing.
 */
export function csrfHeaders(url: string): Record<string, string> {
  const { document, location } = globalThis as Page;
  if (!document || new URL(url).origin !== location?.origin) return {};
  const pair = document.cookie.split("; ").find((text) => text.startsWith(`${name}=`));
  return pair === undefined ? {} : { "x-csrf-token": pair.slice(name.length + 1) };
}
