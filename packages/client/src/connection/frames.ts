import { mostBytes, mostMessages } from "./wire-limits.ts";

/** Takes a message, and how many bytes it has. */
export type PostMessage = (message: string, bytes: number) => void;

/** Gathers the messages of one turn into one frame; into several when one would be too large. */
export function createFrames(send: (frame: string) => void): PostMessage {
  let messages: string[] = [];
  /** With a comma for each. */
  let bytes = 0;

  function flush(): void {
    if (messages.length > 0) send(messages.length > 1 ? `[${messages.join()}]` : messages.join());
    messages = [];
    bytes = 0;
  }

  return (message, size) => {
    // One bracket more than there are commas.
    if (messages.length === mostMessages || bytes + size + 2 > mostBytes) flush();
    if (messages.length === 0) queueMicrotask(flush);
    messages.push(message);
    bytes += size + 1;
  };
}
