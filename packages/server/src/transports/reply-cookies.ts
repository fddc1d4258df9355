import { cookieNames } from "@causerie/shared";
import type { CookieOptions, Request, Response } from "express";
import { DomainError } from "../lib/domain-error.ts";
import type { ReplyCookies } from "../rpc/context.ts";
import { cookieSignInRefusal } from "../rpc/cookie-caller.ts";

/** tRPC's streamed batches send their headers before the first call is done. */
const streamed = "application/jsonl";

/** How the calls of a request set the cookies of a session. */
export function replyCookies(request: Request, response: Response): ReplyCookies {
  const tooLate = request.headers["trpc-accept"] === streamed;
  // Strict: no other site's page or link sends it. Our own page's calls are of the same site.
  const options: CookieOptions = { sameSite: "strict", secure: request.secure, path: "/" };
  return {
    refusal: tooLate
      ? new DomainError("BAD_REQUEST", { message: "Call this in a batch that is not streamed." })
      : cookieSignInRefusal(request),
    set({ cookie, csrfToken, lifetimeMs: maxAge }) {
      response.cookie(cookieNames.session, cookie, { ...options, httpOnly: true, maxAge });
      response.cookie(cookieNames.csrf, csrfToken, { ...options, maxAge });
    },
    clear() {
      if (tooLate) return;
      response.clearCookie(cookieNames.session, { ...options, httpOnly: true });
      response.clearCookie(cookieNames.csrf, options);
    },
  };
}
