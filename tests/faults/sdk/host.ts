import type { ProgramOptions, Shown, Told } from "./program.ts";

/** Where a program with the client runs: a process, or a tab. */
export interface Host {
  /** Begins a life, and ends when its client is signed in. */
  start(options: ProgramOptions): Promise<void>;
  send(key: string, conversation: number, content: string): void;
  waiting(): Promise<number>;
  shown(): Promise<readonly Shown[]>;
  online(): Promise<void>;
  /** As when somebody looks at it: it does not wait any longer before it connects. */
  wake(): void;
  /** Ends the life at once: `kill -9` of a process, a reload of a tab. All that it told has been heard then. */
  kill(): Promise<void>;
  /** Ends it for good: a tab is closed. What it has left waits for another life, or another tab. */
  leave(): Promise<void>;
}

export type Hear = (told: Told) => void;
