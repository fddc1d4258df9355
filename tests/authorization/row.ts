import type { ErrorCode } from "@causerie/shared";
import type { Actor } from "./actors.ts";
import type { Happening, Scene } from "./happenings.ts";
import type { PeopleIds, Spends, Subject } from "./subject.ts";
import type { TargetName, targetKinds } from "./targets.ts";

export const surfaceNames = ["tRPC over HTTP", "tRPC over WebSocket", "REST"] as const;
export type SurfaceName = (typeof surfaceNames)[number];

/**
 * What comes of a call: `ok`, or the code of an error. Of a call that answers with a selection,
 * whether the target is among it; of a subscription, whether the event reaches it.
 */
export type Outcome = "ok" | ErrorCode | "shown" | "hidden";

/** Each outcome with the actors who get it: every actor exactly once. */
export type Cells = { readonly [outcome in Outcome]?: readonly Actor[] };

interface CommonRow {
  readonly procedure: string;
  /** Tells several rows of one procedure apart. */
  readonly about?: string;
  /** Who may, and why. */
  readonly rule: string;
  /** The kinds of target of which the row does not speak, and why. */
  readonly without?: { readonly [kind in (typeof targetKinds)[number]]?: string };
}

/** A query or mutation. */
export interface CallRow extends CommonRow {
  readonly type: "call";
  /** The input of a call about `subject`; without it the procedure takes none. */
  readonly input?: (subject: Subject, people: PeopleIds) => object;
  readonly targets: { readonly [name in TargetName]?: Cells };
  /** Whether the subject is in the answer: the cells then say `shown` or `hidden`. */
  readonly finds?: (answer: never, subject: Subject) => boolean;
  /**
   * How often the subject is made anew: for each call when success uses it up, for the row when it
   * must be newer than what other rows made. Once for all rows unless given.
   */
  readonly fresh?: "call" | "row";
  /** Success ends the caller's session or account, so it is called with one that was made for it. */
  readonly spends?: Spends;
  /** Where a surface does not carry the procedure: what it answers everybody, and why. */
  readonly notOver?: { readonly [surface in SurfaceName]?: NotCarried };
}

/** `no route` where there is nothing to call. */
export interface NotCarried {
  readonly answer: ErrorCode | "no route";
  readonly why: string;
}

/** A subscription, over WebSocket and server-sent events. */
export interface StreamRow extends CommonRow {
  readonly type: "stream";
  /** What it asks for; without it nothing in particular. */
  readonly input?: (scene: Scene) => object;
  /** Who may subscribe. */
  readonly opens: Cells;
  /** Who of those who subscribed receives what happens then. */
  readonly delivers: { readonly [name in Happening]?: Cells };
  /** Where a stream that resumes from before gives something else: who receives it then. */
  readonly replays?: { readonly [name in Happening]?: Cells };
}

export type Row = CallRow | StreamRow;

/** How a row is called in messages and headings. */
export function titleOf({ procedure, about }: CommonRow): string {
  return about === undefined ? procedure : `${procedure} (${about})`;
}

/** What an actor gets; undefined when the cells do not say. */
export function outcomeFor(cells: Cells, actor: Actor): Outcome | undefined {
  const found = Object.entries(cells).find(([, actors]) => actors.includes(actor));
  return found?.[0] as Outcome | undefined;
}
