import { toCauserieError } from "../errors.ts";
import { retryWait } from "../lib/retry-wait.ts";
import type { Line } from "./line.ts";

export interface RenewSocketOptions {
  readonly newest: () => string | undefined;
  readonly random: () => number;
  /** The token is of another session than the socket. */
  readonly onForeign: () => void;
}

/** Tells a socket of the newest token, until it knows it: it then lives as long as that. */
export function renewSocket(line: Line, options: RenewSocketOptions, failures = 0): void {
  const { newest, random, onForeign } = options;
  const token = newest();
  if (!line.link || token === undefined || token === line.token || line.isRenewing) return;
  line.isRenewing = true;
  line.link.call({ type: "mutation", path: "auth.renew", input: { token } }).then(
    line.scope.only(() => {
      line.isRenewing = false;
      line.token = token;
      renewSocket(line, options);
    }),
    line.scope.only((reason: unknown) => {
      line.isRenewing = false;
      const { code, retryAfterMs } = toCauserieError(reason);
      if (code === "VALIDATION_FAILED") return onForeign();
      const wait = retryWait(failures, random, retryAfterMs);
      line.scope.after(wait, () => renewSocket(line, options, failures + 1));
    }),
  );
}
