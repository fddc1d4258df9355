import type { History, Message } from "../types.ts";

/**
 * The messages of one stretch of a conversation without a gap. At the live end it also holds what came beyond a
 * gap, until that is closed.
 */
export interface MessageWindow {
  /** By `seq`. A new array after each change. */
  messages(): readonly Message[];
  /** What it covers; `to` is below `from` when that is nothing. A `seq` in between that is not held was deleted. */
  from(): number;
  to(): number;
  hasOlder(): boolean;
  /** Whether it reaches the live end. */
  isLive(): boolean;
  /** A stretch that replaces all of it. */
  replace(page: History): void;
  /** A stretch that goes on where it ends. False, and without effect, when it does not. */
  join(page: History): boolean;
  /** A message as an event or an answer shows it; `isNews` when it is newer than any other. */
  put(message: Message, isNews?: boolean): void;
  /** What was deleted. */
  remove(seq: number): void;
  /** Drops `count` messages of one end. False, and without effect, when one of them is between the two `seq`s of `screen`. */
  drop(end: End, count: number, screen: Screen | undefined): boolean;
  clear(): void;
}

export type End = "older" | "newer";
/** The first and the last `seq` that a reader sees. */
export type Screen = readonly [fromSeq: number, toSeq: number];

export function createMessageWindow(): MessageWindow {
  let messages: readonly Message[] = [];
  let from = 1;
  let to = 0;
  let hasOlder = false;
  let isLive = false;
  /** Beyond a gap: the `seq`s of what is known to be deleted. */
  const deleted = new Set<number>();

  /** Where a message has its place, counted from the end, where most of them come. */
  function placeOf(seq: number): number {
    let place = messages.length;
    while ((messages[place - 1]?.seq ?? 0) >= seq) place -= 1;
    return place;
  }

  const holds = (seq: number) => messages[placeOf(seq)]?.seq === seq;

  function splice(place: number, count: number, ...added: Message[]): void {
    messages = [...messages.slice(0, place), ...added, ...messages.slice(place + count)];
  }

  function extend(): void {
    while (deleted.delete(to + 1) || holds(to + 1)) to += 1;
  }

  function set(message: Message, isNews: boolean, mayCome: boolean): void {
    const place = placeOf(message.seq);
    const held = messages[place];
    if (held?.seq !== message.seq) {
      if (mayCome) splice(place, 0, message);
    } else if ((isNews || (message.updated_at ?? "") >= (held.updated_at ?? "")) && !isSame(message, held))
      splice(place, 1, message);
  }

  function clear(): void {
    messages = [];
    [from, to, hasOlder, isLive] = [1, 0, false, false];
    deleted.clear();
  }

  return {
    messages: () => messages,
    from: () => from,
    to: () => to,
    hasOlder: () => hasOlder,
    isLive: () => isLive,
    clear,

    replace(page) {
      const held = new Map(messages.map((message) => [message.id, message]));
      clear();
      messages = page.messages.map((message) => {
        const same = held.get(message.id);
        return same && isSame(message, same) ? same : message;
      });
      [from, to, hasOlder, isLive] = [page.from_seq, page.to_seq, page.has_older, !page.has_newer];
    },

    join(page) {
      if (page.to_seq < from - 1 || page.from_seq > to + 1) return false;
      for (const message of page.messages) {
        const { seq } = message;
        // What it covers and does not hold was deleted.
        set(message, false, (seq < from || seq > to) && !deleted.has(seq));
      }
      if (page.from_seq <= from) [from, hasOlder] = [page.from_seq, page.has_older];
      if (page.to_seq >= to) {
        to = page.to_seq;
        isLive ||= !page.has_newer;
        for (const seq of deleted) if (seq <= to) deleted.delete(seq);
      }
      extend();
      return true;
    },

    put(message, isNews = false) {
      // The answer to a send may come when the message was deleted already.
      set(message, isNews, isLive && message.seq > to && !deleted.has(message.seq));
      if (isLive) extend();
    },

    remove(seq) {
      if (holds(seq)) splice(placeOf(seq), 1);
      if (!isLive || seq <= to) return;
      deleted.add(seq);
      extend();
    },

    drop(end, count, [shownFrom, shownTo] = [Infinity, 0]) {
      if (end === "older") {
        const last = messages[count - 1]?.seq ?? 0;
        if (last >= shownFrom) return false;
        messages = messages.slice(count);
        [from, to, hasOlder] = [last + 1, Math.max(to, last), true];
        for (const seq of deleted) if (seq <= to) deleted.delete(seq);
        extend();
      } else {
        // What is beyond a gap has no place away from the live end.
        const place = Math.min(messages.length - count, placeOf(to + 1));
        const first = messages[place]?.seq ?? 0;
        if (first <= shownTo) return false;
        messages = messages.slice(0, place);
        [to, isLive] = [Math.min(to, first - 1), false];
        deleted.clear();
      }
      return true;
    },
  };
}

/** Nothing else of a message changes. */
function isSame(one: Message, other: Message): boolean {
  return one.content === other.content && one.updated_at === other.updated_at;
}
