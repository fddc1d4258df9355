import { CauserieError } from "@causerie/client";
import { useCallback, useEffect, useState } from "react";

/** What a page shows of one call. */
export interface Loaded<Value> {
  readonly value?: Value;
  /** The last try failed. */
  readonly error?: CauserieError;
  /** Asks again; what was there stays meanwhile. */
  readonly reload: () => void;
}

/** Asks for what is shown, at the start and on `reload`. `load` has to stay the same function. */
export function useLoaded<Value>(load: (options: { signal: AbortSignal }) => Promise<Value>): Loaded<Value> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<Omit<Loaded<Value>, "reload">>({});

  useEffect(() => {
    const abort = new AbortController();
    load({ signal: abort.signal }).then(
      (value) => abort.signal.aborted || setState({ value }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        if (!(error instanceof CauserieError)) throw error;
        setState((before) => ({ ...before, error }));
      },
    );
    return () => abort.abort();
  }, [load, round]);

  return { ...state, reload: useCallback(() => setRound((before) => before + 1), []) };
}
