import type { Entry } from "../stage/history.ts";

/** A send that was refused. */
export interface RefusedSend {
  readonly key: string;
  readonly code: string;
  readonly status: number;
  /** Milliseconds from the send to the answer. */
  readonly took: number;
}

/** The sends that were refused from `since` on, in milliseconds of the history. */
export function refusedSends(entries: readonly Entry[], since = 0): RefusedSend[] {
  const sentAt = new Map<string, number>();
  const refused: RefusedSend[] = [];
  for (const entry of entries) {
    if (entry.kind === "send") sentAt.set(entry.key, entry.t);
    else if (entry.kind === "outcome" && entry.outcome === "failed" && entry.t >= since) {
      const { key, code = "?", status = 0, t } = entry;
      refused.push({ key, code, status, took: t - (sentAt.get(key) ?? t) });
    }
  }
  return refused;
}

/** A sentence for each way of refusing that is not the one demanded. */
export function wrongRefusals(refused: readonly RefusedSend[], status: number, code: string): string[] {
  const wrong = refused.filter((send) => send.status !== status || send.code !== code);
  const ways = Map.groupBy(wrong, (send) => `${send.status} ${send.code}`);
  return [...ways].map(
    ([way, sends]) => `${sends.length} sends were refused with ${way} instead of ${status} ${code}`,
  );
}
