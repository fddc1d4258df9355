import type { IncomingMessage } from "node:http";
import { cookieNames, csrfHeader } from "@causerie/shared";
import { parseCookie } from "cookie";
import { equalTexts, type Principal, type SessionsService } from "../features/sessions/index.ts";
import { DomainError } from "../lib/domain-error.ts";
import { isOwnOrigin } from "../lib/own-origin.ts";

/** Who a browser's cookie stands for, or why it does not count. */
export interface CookieCaller {
  readonly principal: Principal | null;
  readonly refusal: DomainError | null;
}

const nobody: CookieCaller = { principal: null, refusal: null };
const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether the page behind a request is of our own origin; undefined when no page says that it is there. */
function fromOwnOrigin({ headers }: IncomingMessage): boolean | undefined {
  return headers.origin === undefined ? undefined : isOwnOrigin(headers.origin, headers.host);
}

/**
 * Who a request's cookie stands for. A browser sends it whichever page is behind the request, so
 * it counts from our own origin only, and a call that changes something must repeat the CSRF
 * token, which pages of other origins cannot read. A cookie that is forged or over is like none.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export async function cookieCallerOf(
  sessions: SessionsService,
  request: IncomingMessage,
): Promise<CookieCaller> {
  const isSafe = safeMethods.has(request.method ?? "");
  // Browsers name the origin of whatever is not safe; of our own pages' reads they do not.
  if (!(fromOwnOrigin(request) ?? isSafe)) return nobody;
  const cookie = cookieOf(request);
  const principal = cookie && (await sessions.authenticateCookie(cookie));
  if (!cookie || !principal) return nobody;
  const refusal = isSafe ? null : unsafeRefusal(request, sessions.csrfTokenOf(cookie));
  return refusal ? { principal: null, refusal } : { principal, refusal: null };
}

/** Who the cookie of a handshake stands for: a socket can do anything, so its page must be known. */
export async function socketCookieCallerOf(
  sessions: SessionsService,
  request: IncomingMessage,
): Promise<Principal | undefined> {
  const cookie = fromOwnOrigin(request) ? cookieOf(request) : undefined;
  return cookie === undefined ? undefined : await sessions.authenticateCookie(cookie);
}

function cookieOf({ headers }: IncomingMessage): string | undefined {
  return parseCookie(headers.cookie ?? "")[cookieNames.session];
}

/** Why a request may not sign in with a cookie: another site's page would choose the account. */
export function cookieSignInRefusal(request: IncomingMessage): DomainError | null {
  if (fromOwnOrigin(request)) return jsonRefusal(request);
  return new DomainError("FORBIDDEN", {
    message: "Only pages of this server's own origin may sign in with a cookie.",
  });
}

function unsafeRefusal(request: IncomingMessage, csrfToken: string): DomainError | null {
  const given = request.headers[csrfHeader.toLowerCase()];
  if (typeof given !== "string" || !equalTexts(given, csrfToken))
    return new DomainError("CSRF_TOKEN_INVALID");
  return jsonRefusal(request);
}

/** Pages anywhere can send forms and plain text; only JSON shows that a script did it on purpose. */
function jsonRefusal(request: IncomingMessage): DomainError | null {
  // As it was sent: REST presents every body to the procedures as JSON.
  const type = request.headersDistinct["content-type"]?.[0];
  if (type === undefined || /^application\/json\s*(;|$)/i.test(type)) return null;
  return new DomainError("UNSUPPORTED_MEDIA_TYPE", { message: "With a session cookie, send JSON." });
}
