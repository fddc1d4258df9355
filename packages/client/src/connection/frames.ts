import { createBatches } from "../lib/batches.ts";
import { mostBytes, mostMessages } from "./wire-limits.ts";

/** Gathers the messages of one turn into one frame; into several when one would be too large. Takes one, and its bytes. */
export function createFrames(send: (frame: string) => void): (message: string, bytes: number) => void {
  // Each has a comma; there is one bracket more than there are commas.
  const add = createBatches<string>(mostMessages, mostBytes - 1, (messages) =>
    send(messages.length > 1 ? `[${messages.join()}]` : messages.join()),
  );
  return (message, bytes) => add(message, bytes + 1);
}
