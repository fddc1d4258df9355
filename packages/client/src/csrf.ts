import type { cookieNames } from "@causerie/shared";

const name: (typeof cookieNames)["csrf"] = "causerie_csrf";

interface Page {
  readonly document?: { readonly cookie: string };
  readonly location?: { readonly origin: string };
}

/** The CSRF token of the browser session at `url`, which a page reads from a cookie of its own origin and tells no other. */
export function csrfToken(url: string): string | undefined {
  const { document, location } = globalThis as Page;
  if (!document || new URL(url).origin !== location?.origin) return undefined;
  const pair = document.cookie.split("; ").find((text) => text.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** What goes with the cookie of a browser session. Elsewhere nothing. */
export function csrfHeaders(url: string): Record<string, string> {
  const token = csrfToken(url);
  return token === undefined ? {} : { "x-csrf-token": token };
}
