import type { Locks } from "../platform/platform.ts";

/** Leads, among those who want to lead under one name, one at a time. */
export interface Lead {
  isHeld(): boolean;
  /** Asks for the lead under `name`; with undefined gives it up, or the wait for it, at once. */
  want(name: string | undefined): void;
}

export interface LeadDeps {
  readonly hold: Locks["hold"];
  /** What has to be done first, with the lock held. */
  readonly prepare: () => Promise<void>;
  readonly onBegin: () => void;
  readonly report: (error: unknown) => void;
}

export function createLead({ hold, prepare, onBegin, report }: LeadDeps): Lead {
  let term: AbortController | undefined;
  let isHeld = false;

  async function serve({ signal }: AbortController): Promise<void> {
    if (!signal.aborted) await prepare();
    if (signal.aborted) return;
    isHeld = true;
    onBegin();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }

  return {
    isHeld: () => isHeld,
    want(name) {
      if ((name === undefined) === (term === undefined)) return;
      if (name === undefined) {
        isHeld = false;
        term?.abort();
        term = undefined;
        return;
      }
      const mine = (term = new AbortController());
      hold(name, () => serve(mine), mine.signal).catch((error: unknown) => {
        if (mine.signal.aborted) return;
        // Locks can be forbidden, as in some frames. Messages go out all the same; at worst two tabs repeat one.
        report(error);
        return serve(mine);
      });
    },
  };
}
