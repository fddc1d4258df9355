import { createWriteStream } from "node:fs";
import { once } from "node:events";

/** How a send ended. Of an unknown one the message may exist or not, but never twice. */
export type Outcome = "ok" | "failed" | "unknown";

/** One line of the history. Times are in milliseconds since its beginning. */
export type Entry =
  | { kind: "send"; t: number; writer: string; key: string; conversation: number; n: number }
  | {
      kind: "outcome";
      t: number;
      key: string;
      outcome: Outcome;
      /** Of those that are ok, where the surface says it. */
      seq?: number;
      /** Of those that failed: the name of the error, and its HTTP status. */
      code?: string;
      status?: number;
      reason?: string;
    }
  | {
      kind: "seen";
      t: number;
      reader: string;
      conversation: number;
      seq: number;
      key: string;
      cursor: string;
    }
  | { kind: "left"; t: number; reader: string; conversation: number; user: number }
  | { kind: "reset"; t: number; reader: string; reason: string }
  | { kind: "closed"; t: number; who: string; code: number }
  | { kind: "nemesis"; t: number; what: string };

type WithoutTime<Line> = Line extends { t: number } ? Omit<Line, "t"> : never;

/** What writers, readers and the nemesis did and saw: lines of JSON in a file, and in memory. */
export interface History {
  readonly path: string;
  readonly entries: readonly Entry[];
  add(entry: WithoutTime<Entry>): void;
  /** How many sends were acknowledged so far. */
  acknowledged(): number;
  /** Milliseconds since the beginning. */
  now(): number;
  end(): Promise<void>;
}

export function createHistory(path: string): History {
  const began = performance.now();
  const now = () => Math.round(performance.now() - began);
  const entries: Entry[] = [];
  const file = createWriteStream(path);
  let acknowledged = 0;
  let ended = false;
  return {
    path,
    entries,
    now,
    acknowledged: () => acknowledged,
    add(entry) {
      // A run that ends early leaves some who still hear of their end.
      if (ended) return;
      const line = { t: now(), ...entry };
      entries.push(line);
      if (line.kind === "outcome" && line.outcome === "ok") acknowledged += 1;
      file.write(`${JSON.stringify(line)}\n`);
    },
    async end() {
      ended = true;
      file.end();
      await once(file, "close");
    },
  };
}
