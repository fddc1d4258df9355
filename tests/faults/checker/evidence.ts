import type { Entry } from "../stage/history.ts";
import type { World } from "../stage/world.ts";
import type { Stored } from "./stored-messages.ts";
import type { Counts } from "./verdict.ts";

/** Counts one wrong, and says what it was. */
export type Blame = (what: keyof Counts, sentence: string) => void;

/** Somebody who followed the events from the beginning to the end. */
export interface Watched {
  readonly name: string;
  /** By place in the world's people. */
  readonly person: number;
}

/** What a run is judged by. */
export interface Evidence {
  readonly entries: readonly Entry[];
  readonly stored: Stored;
  readonly world: World;
  readonly readers: readonly Watched[];
  /** How the server ended when nobody told it to. */
  readonly exits: readonly string[];
}
