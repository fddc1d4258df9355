import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from "react";

/** Where the list is to be brought to, as soon as that is in it. */
export type Target =
  { readonly to: "end" } | { readonly to: "unread" } | { readonly to: "message"; readonly id: number };

/** What a reader sees of the list. */
export interface Seen {
  /** The `seq`s of the first and the last stored message. */
  readonly screen: readonly [number, number] | undefined;
  /** The distances to the ends of what is loaded, in screens. */
  readonly above: number;
  readonly below: number;
  readonly isAtEnd: boolean;
}

interface Options {
  /** What is shown: each change may move everything. */
  readonly items: unknown;
  /** Nothing is known that comes after the last row. */
  readonly isLive: boolean;
  readonly isReady: boolean;
  readonly onSeen: (seen: Seen) => void;
  readonly onArrived: (target: Target) => void;
}

/** So near to the end counts as being there, in pixels. */
const endSlack = 48;

/**
 * Keeps what is read where it is, whatever comes and goes around it: rows may be added at one end and dropped at the other
 * at once, or change their height. At the live end it stays at the end. The browser's own anchoring is turned off in
 * the style, as not every browser has one and two would move twice.
 */
export function useAnchoredScroll(
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
  { items, isLive, isReady, onSeen, onArrived }: Options,
) {
  /** The rows on the screen, and how far below its upper edge each begins. */
  const places = useRef<readonly (readonly [key: string, top: number])[]>([]);
  const isAtEnd = useRef(false);
  const target = useRef<Target | undefined>(undefined);
  const latest = useRef({ isLive, isReady, onSeen, onArrived });

  const remember = useCallback(() => {
    const [box, rows] = [scroller.current, list.current?.children];
    if (!box || !rows || !latest.current.isReady) return;
    const { top, bottom, height } = box.getBoundingClientRect();
    const seen: [string, number][] = [];
    const seqs: number[] = [];
    for (let n = firstBelow(rows, top); n < rows.length; n += 1) {
      const row = rows[n] as HTMLElement;
      const { top: rowTop } = row.getBoundingClientRect();
      if (rowTop >= bottom) break;
      seen.push([row.dataset["key"] ?? "", rowTop - top]);
      if (row.dataset["seq"] !== undefined) seqs.push(Number(row.dataset["seq"]));
    }
    places.current = seen;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    isAtEnd.current = latest.current.isLive && below <= endSlack;
    const [first, last] = [seqs[0], seqs.at(-1)];
    latest.current.onSeen({
      screen: first !== undefined && last !== undefined ? [first, last] : undefined,
      above: box.scrollTop / height,
      below: below / height,
      isAtEnd: isAtEnd.current,
    });
  }, [scroller, list]);

  const restore = useCallback(() => {
    const [box, rows] = [scroller.current, list.current];
    if (!box || !rows || !latest.current.isReady) return;
    const wanted = target.current;
    if (wanted && bring(box, rows, wanted, latest.current.isLive)) {
      target.current = undefined;
      latest.current.onArrived(wanted);
    } else if (isAtEnd.current && latest.current.isLive) box.scrollTop = box.scrollHeight;
    else keepPlace(box, rows, places.current);
    remember();
  }, [scroller, list, remember]);

  useLayoutEffect(() => {
    latest.current = { isLive, isReady, onSeen, onArrived };
  });
  useLayoutEffect(restore, [restore, items, isLive, isReady]);

  // The screen turns, a picture of text is laid out anew, the composer grows.
  useEffect(() => {
    const observer = new ResizeObserver(restore);
    if (scroller.current) observer.observe(scroller.current);
    if (list.current) observer.observe(list.current);
    return () => observer.disconnect();
  }, [scroller, list, restore]);

  const bringTo = useCallback(
    (wanted: Target) => {
      target.current = wanted;
      restore();
    },
    [restore],
  );
  return { onScroll: remember, bringTo };
}

/** The first row that ends below `top`. Rows follow each other, so halving finds it. */
function firstBelow(rows: HTMLCollection, top: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Puts the first row that was on the screen and is still there where it was. */
function keepPlace(
  box: HTMLElement,
  rows: HTMLElement,
  places: readonly (readonly [string, number])[],
): void {
  const { top } = box.getBoundingClientRect();
  for (const [key, was] of places) {
    const row = rows.querySelector(`:scope > [data-key="${CSS.escape(key)}"]`);
    if (!row) continue;
    const moved = row.getBoundingClientRect().top - top - was;
    if (Math.abs(moved) >= 0.5) box.scrollTop += moved;
    return;
  }
}

/** Whether the target is there, and is shown now. */
function bring(box: HTMLElement, rows: HTMLElement, target: Target, isLive: boolean): boolean {
  if (target.to === "end") {
    if (!isLive) return false;
    box.scrollTop = box.scrollHeight;
    return true;
  }
  const isMessage = target.to === "message";
  const row = rows.querySelector(isMessage ? `:scope > [data-id="${target.id}"]` : ":scope > [data-unread]");
  if (!row) {
    if (!isMessage) box.scrollTop = box.scrollHeight;
    return !isMessage;
  }
  const { top, height } = row.getBoundingClientRect();
  const room = isMessage ? Math.max(0, (box.clientHeight - height) / 2) : box.clientHeight * 0.2;
  box.scrollTop += top - box.getBoundingClientRect().top - room;
  return true;
}
