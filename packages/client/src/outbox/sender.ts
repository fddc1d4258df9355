import { CauserieError, toCauserieError } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Session } from "../session/session.ts";
import type { Message, SendInput } from "../types.ts";
import type { Entry } from "./entry.ts";
import type { Items } from "./items.ts";
import type { OutboxInput, OutboxItem } from "./outbox.ts";
import { verdictOf } from "./verdict.ts";
import type { Waits } from "./waits.ts";

export interface SenderDeps {
  readonly clock: Clock;
  readonly items: Items;
  /** Equal for messages of one conversation. */
  readonly keyOf: (input: OutboxInput) => string;
  readonly waits: Waits;
  readonly send: (input: SendInput) => Promise<Message>;
  readonly session: Pick<Session, "current" | "token">;
  /** Whether it is for this tab to send it. */
  readonly isMine: (entry: Entry) => boolean;
  /** Whether there is an order only among a tab's own. */
  readonly isDivided: boolean;
  /** Something may be sent now. */
  readonly wake: () => void;
}

/** Sends what may go: of each conversation one message at a time, in order. */
export interface Sender {
  /** Sends whatever may go now, over `link`. */
  pump(link: unknown): void;
  /** The link has been lost: what was under way goes again over the next. */
  unlink(): void;
}

/** Conversations that are sent to at the same time. */
const atOnce = 8;
const dayMs = 24 * 60 * 60_000;
const weekMs = 7 * dayMs;

export function createSender({
  clock,
  items,
  keyOf,
  waits,
  isMine,
  isDivided,
  wake,
  session,
  ...deps
}: SenderDeps): Sender {
  let current: unknown;

  /** It is in `state` because of `error`. */
  function end(entry: Entry, state: "queued" | "failed", error: CauserieError, faults: number): void {
    const { code, retryAfterMs = null } = error;
    items.change(entry, { state, faults, lastError: { code, at: clock.now(), retryAfterMs } });
    if (state === "failed") items.settle(entry.item.clientMessageId, error);
  }

  /** Waits for a token that is good: another one than `bad`. */
  async function renewToken(bad: string | undefined): Promise<void> {
    const go = waits.block();
    // Why there is none is the session's to tell.
    await session.token(bad).catch(() => undefined);
    go();
    waits.refuse("");
  }

  function refused(entry: Entry, error: CauserieError, link: unknown, token: string | undefined): void {
    const { code } = error;
    const { clientMessageId: id, input } = entry.item;
    const faults = entry.item.faults + (code === "INTERNAL_SERVER_ERROR" ? 1 : 0);
    const verdict = verdictOf(code, { ...entry.item, faults });
    entry.call = undefined;
    if (verdict === "sent") return items.drop(id, null);
    if (verdict === "all_wait") waits.refuse("", error.retryAfterMs);
    if (verdict === "token") void renewToken(code === "UNAUTHORIZED" ? token : undefined);
    // What was lost with its link goes over the next one at once.
    const isOffline = code === "NETWORK";
    if (verdict === "conversation_waits" && (!isOffline || link === current))
      waits.refuse(keyOf(input), null, isOffline);
    end(entry, verdict === "failed" ? verdict : "queued", error, faults);
  }

  async function start(entry: Entry, { clientMessageId: id, input, attempts }: OutboxItem): Promise<void> {
    const call = (entry.call = { link: current });
    items.change(entry, { attempts: attempts + 1 }, true);
    await entry.saved;
    if (entry.call !== call) return;
    const token = session.current();
    try {
      const message = await deps.send({ ...input, client_message_id: id });
      // Also when the link was lost meanwhile: it is stored.
      if (items.has(id)) items.drop(id, message);
    } catch (error) {
      if (entry.call === call) refused(entry, toCauserieError(error), call.link, token);
    }
    wake();
  }

  return {
    pump(link) {
      current = link;
      const now = clock.now();
      const calls = [...items.entries.values()].filter(({ call }) => call);
      const busy = new Set(calls.map(({ item }) => keyOf(item.input)));
      let left = atOnce - calls.length;
      let isEmpty = true;
      for (const entry of items.sorted()) {
        const { item, call } = entry;
        const isOurs = isMine(entry);
        if (call) continue;
        if (item.state === "failed") {
          if (isOurs && now - (item.lastError?.at ?? now) > weekMs)
            items.drop(item.clientMessageId, undefined);
          continue;
        }
        const key = keyOf(item.input);
        if (!isOurs) {
          // Another tab sends it first.
          if (!isDivided) busy.add(key);
          continue;
        }
        // Of a tab that is gone.
        if (entry.isSending) items.note(entry, false);
        if (!busy.has(key) && now - item.createdAt > dayMs) {
          end(entry, "failed", new CauserieError("EXPIRED", "The message waited for too long."), item.faults);
          continue;
        }
        isEmpty = false;
        if (busy.has(key)) continue;
        busy.add(key);
        if (left <= 0 || !waits.isFree(key)) continue;
        left -= 1;
        waits.start();
        void start(entry, item);
      }
      if (isEmpty) waits.empty();
    },
    unlink() {
      current = undefined;
      for (const entry of items.entries.values()) {
        if (!entry.call) continue;
        entry.call = undefined;
        items.note(entry, false);
        items.tellOf(entry);
      }
    },
  };
}
