import { indexedDbOutbox, localStorageStorage } from "@causerie/client";
import { startProgram, type Program, type ProgramOptions, type Told } from "./program.ts";

/** What a page has after this file ran in it. */
export interface PageProgram {
  start(options: ProgramOptions): Promise<void>;
  readonly program: Program;
  /** As when the tab comes into sight. */
  wake(): void;
}

declare global {
  /** Given by the browser. */
  function tellTest(told: Told): Promise<void>;
}

let started: Program | undefined;

const inPage: PageProgram = {
  get program() {
    if (!started) throw new Error("It is not started.");
    return started;
  },
  async start(options) {
    const parts = { tokens: localStorageStorage({ key: "session" }), outbox: indexedDbOutbox() };
    started = await startProgram(options, parts, (told) => void globalThis.tellTest(told));
  },
  wake: () => void globalThis.dispatchEvent(new Event("focus")),
};

Object.assign(globalThis, { inPage });
