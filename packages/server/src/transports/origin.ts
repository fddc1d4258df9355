import type { Config } from "../config.ts";
import { isOwnOrigin } from "../lib/own-origin.ts";

const localhost = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/**
 * Whether pages of `origin` may call a server reached as `host`. Without configuration:
 * our own pages and those of any local server. No origin means no page is behind the call.
 */
export function isOriginAllowed(
  allowed: Config["CORS_ORIGINS"],
  origin: string | undefined,
  host: string | undefined,
): boolean {
  if (origin === undefined || allowed === "*") return true;
  if (allowed !== undefined) return allowed.includes(origin);
  return localhost.test(origin) || isOwnOrigin(origin, host);
}
