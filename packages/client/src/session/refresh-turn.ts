import type { Platform } from "../platform/platform.ts";

/** Does `work` while no other tab does the same, as far as that can be had. */
export type RefreshTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Without a lock that binds other tabs, a random wait lets one of them be first. */
const spreadMs = 500;
/** A tab that was frozen with the lock does not give it back. The attempt's name keeps two refreshes from harm. */
const patienceMs = 30_000;

export function createRefreshTurn(
  { clock, random, locks }: Pick<Platform, "clock" | "random" | "locks">,
  name: string,
): RefreshTurn {
  return async (work) => {
    if (!locks.areShared) {
      await new Promise<void>((resolve) => clock.after(random() * spreadMs, resolve));
      return await work();
    }
    let begun = false;
    const patience = new AbortController();
    const stop = clock.after(patienceMs, () => patience.abort());
    const begin = () => {
      begun = true;
      stop();
      return work();
    };
    try {
      return await locks.hold(name, begin, patience.signal);
    } catch (cause) {
      if (begun) throw cause;
      return await begin();
    }
  };
}
