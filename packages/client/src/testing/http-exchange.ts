import type { Exchange, Wire } from "./wire.ts";

/** One request with its answer, until the last of that has been read. */
export interface HttpExchange {
  /** Aborts what goes on below when the exchange is over. */
  readonly signal: AbortSignal;
  /** Rejects when the exchange breaks, whether by the network or by the caller. */
  readonly broken: Promise<never>;
  /** Breaks it. */
  end(reason: unknown): void;
  /** Nothing more will come. */
  done(): void;
}

/** What `fetch` rejects with when the network fails. */
export const networkError = (why: string) => new TypeError(`fetch failed: ${why}`);

export function openExchange({ open, expiry }: Wire, { signal, headers }: Request): HttpExchange {
  const below = new AbortController();
  let fail: (reason: unknown) => void = () => {};
  const broken = new Promise<never>((_resolve, reject) => (fail = reject));
  // Nobody has to wait for it.
  broken.catch(() => {});

  function end(reason: unknown): void {
    done();
    fail(reason);
    below.abort(reason);
  }
  function done(): void {
    open.delete(own);
    signal.removeEventListener("abort", onAbort);
  }
  const onAbort = () => end(signal.reason);
  const cut = () => end(networkError("the connection was cut."));
  const own: Exchange = {
    cut,
    expire: () => void (expiry.isSpoilt(headers.get("authorization") ?? "") && cut()),
  };
  open.add(own);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  return { signal: below.signal, broken, end, done };
}
