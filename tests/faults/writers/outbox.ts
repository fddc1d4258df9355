import type { History } from "../stage/history.ts";
import type { Actor, Place } from "../stage/world.ts";
import type { Random } from "../../support/random.ts";
import type { Refusal } from "../stage/trpc-connection.ts";

/** A message on its way: the same key and input go out again until its outcome is known. */
export interface Send {
  readonly key: string;
  readonly place: Place;
  readonly content: string;
}

/** The sends of one writer, numbered in the order they first went out. */
export interface Outbox {
  /** Those whose outcome is not known, in their order. */
  readonly pending: readonly Send[];
  next(): Send;
  acknowledge(key: string, seq?: number): void;
  refuse(key: string, refusal: Refusal): void;
  /** Says of all pending ones that nobody knows; with `forget` they are not sent again. */
  doubt(forget?: boolean): void;
}

export interface OutboxOptions {
  readonly name: string;
  readonly places: readonly Place[];
  readonly random: Random;
  readonly history: History;
  /** Characters of each message. */
  readonly size: number;
}

export function createOutbox({ name, places, random, history, size }: OutboxOptions): Outbox {
  let pending: Send[] = [];
  let n = 0;
  const settle = (key: string) => {
    const known = pending.some((send) => send.key === key);
    pending = pending.filter((send) => send.key !== key);
    return known;
  };
  return {
    get pending() {
      return pending;
    },
    next() {
      n += 1;
      const key = `${name}.${n}`;
      const place = random.pick(places);
      history.add({ kind: "send", writer: name, key, conversation: place.id, n });
      const send = { key, place, content: `${key} `.padEnd(size, "x") };
      pending.push(send);
      return send;
    },
    acknowledge(key, seq) {
      if (settle(key))
        history.add({ kind: "outcome", key, outcome: "ok", ...(seq === undefined ? {} : { seq }) });
    },
    refuse(key, { code, status, message }) {
      if (settle(key))
        history.add({ kind: "outcome", key, outcome: "failed", code, status, reason: message });
    },
    doubt(forget = false) {
      for (const { key } of pending) history.add({ kind: "outcome", key, outcome: "unknown" });
      if (forget) pending = [];
    },
  };
}

/** Places that somebody writes in. */
export function placesOf(actor: number, places: readonly Place[]): Place[] {
  return places.filter(({ members }) => members.includes(actor));
}

/** Somebody who sends until told to stop, and then until the outcome of all sends is known. */
export interface Writer {
  /** Resolves when nothing is pending; rejects when that takes too long. */
  stop(): Promise<void>;
}

/** What all kinds of writers are made from. */
export interface WriterOptions extends OutboxOptions {
  readonly server: { readonly url: string; readonly wsUrl: string };
  readonly actor: Actor;
  /** How many sends may be under way. */
  readonly inFlight: number;
  /** Milliseconds between an answer and the next send. */
  readonly thinkMs: number;
  /** Ends it at once, whatever is pending. */
  readonly over: AbortSignal;
}

/** How long a writer has, once it was told to stop, to learn what became of its sends. */
export const drainMs = 30_000;
