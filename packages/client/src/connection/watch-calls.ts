import { toCauserieError } from "../errors.ts";
import type { Scope } from "../lib/scope.ts";
import type { Link } from "./link.ts";

export interface WatchCallsOptions {
  readonly scope: Scope;
  readonly slowMs: number;
  /** A call was not answered in time. */
  readonly onSlow: () => void;
  /** The server asked for a wait. */
  readonly onLimited: (retryAfterMs: number) => void;
}

/** The same link, of which is known when its calls are slow, and when there are too many. */
export function watchCalls(link: Link, { scope, slowMs, onSlow, onLimited }: WatchCallsOptions): Link {
  return {
    ...link,
    async call(request, signal) {
      const answered = scope.after(slowMs, onSlow);
      try {
        return await link.call(request, signal);
      } catch (error) {
        const { code, retryAfterMs } = toCauserieError(error);
        if (code === "RATE_LIMITED" && retryAfterMs !== undefined) onLimited(retryAfterMs);
        throw error;
      } finally {
        answered();
      }
    },
  };
}
