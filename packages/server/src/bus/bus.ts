import type { PresenceEvent, TypingEvent } from "@causerie/shared";
import type { WrittenEvent } from "../log/writer.ts";

/** Why a session is over: it was ended, or its user's account was deleted. */
export type SessionEnd = "ended" | "account_deleted";

/** What nodes tell each other besides the log: nothing here is stored or replayed. */
export type Signal =
  | {
      readonly type: "session.ended";
      readonly sessionId: string;
      readonly userId: number;
      readonly end: SessionEnd;
    }
  | { readonly type: "presence"; readonly event: PresenceEvent; readonly exceptSocket?: string }
  /** Somebody began or ceased to type. That it expires is each listener's own affair. */
  | { readonly type: "typing"; readonly event: TypingEvent };

/** That there are new events in the log, and which, when they were written in this process. */
export interface News {
  readonly events?: readonly WrittenEvent[];
}

/**
 * How parts of a deployment reach each other. Everything on it may be lost: a ring costs
 * latency when it is, never a message, because what it tells of is in the log.
 */
export interface Bus {
  /** Says that the log has grown. */
  ring(news: News): void;
  /** Hears rings, in any order and possibly twice. Returns what stops it. */
  onRing(listener: (news: News) => void): () => void;
  /** Sends a signal to every listener, those of this process included. */
  publish(signal: Signal): void;
  /** Hears signals. Returns what stops it. */
  subscribe(listener: (signal: Signal) => void): () => void;
}
