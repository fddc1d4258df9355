import { toCauserieError } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Conversations } from "../resources/conversations.ts";
import type { PublishedDeps } from "./published.ts";
import { isFinal, type Retry } from "./retry.ts";

/** Tells the server how far the user has read: of each conversation the furthest, once a second at most. */
export interface ReadMarks {
  mark(id: number, seq: number): void;
  /** How far the server has yet to be told; 0 when it knows. */
  pending(id: number): number;
  clear(): void;
}

export interface ReadMarksDeps extends Pick<PublishedDeps, "report"> {
  readonly clock: Clock;
  readonly retry: Retry;
  readonly conversations: Pick<Conversations, "markRead">;
  /** The server knows now. */
  readonly onMarked: (id: number) => void;
}

const everyMs = 1_000;

export function createReadMarks({ clock, retry, conversations, report, onMarked }: ReadMarksDeps): ReadMarks {
  const waiting = new Map<number, number>();
  const underWay = new Map<number, number>();
  let isBusy = false;
  let sentAt = -Infinity;

  async function send(): Promise<void> {
    for (let failures = 0; waiting.size > 0; failures += 1) {
      sentAt = clock.now();
      const outcomes = await Promise.all([...waiting].map(([id, seq]) => sendOne(id, seq)));
      const failed = outcomes.find((outcome) => outcome !== undefined);
      if (failed) await retry.pause(failures, failed);
      else break;
    }
    isBusy = false;
    if (waiting.size > 0) schedule();
  }

  async function sendOne(id: number, seq: number) {
    waiting.delete(id);
    underWay.set(id, seq);
    try {
      await conversations.markRead({ conversation_id: id, up_to_seq: seq });
      underWay.delete(id);
      onMarked(id);
    } catch (cause) {
      underWay.delete(id);
      const error = toCauserieError(cause);
      if (isFinal(error)) report("mark_read", cause);
      else {
        waiting.set(id, Math.max(seq, waiting.get(id) ?? 0));
        return error;
      }
    }
    return undefined;
  }

  function schedule(): void {
    if (isBusy) return;
    isBusy = true;
    clock.after(Math.max(0, sentAt + everyMs - clock.now()), () => void send());
  }

  const pending = (id: number) => Math.max(waiting.get(id) ?? 0, underWay.get(id) ?? 0);

  return {
    pending,
    mark(id, seq) {
      if (seq <= pending(id)) return;
      waiting.set(id, seq);
      schedule();
    },
    clear: () => waiting.clear(),
  };
}
