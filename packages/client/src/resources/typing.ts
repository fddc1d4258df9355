import type { CallOptions } from "./call-options.ts";
import type { Inputs, Trpc, TypingState } from "../types.ts";

/** Who types. Others hear of it with `presence.watch`. */
export interface Typing {
  /**
   * Shows the caller as typing in a conversation, or no longer. It ends by itself at `expires_at`
   * unless it is said again, and when the caller sends a message there. `NOT_FOUND` for strangers.
   */
  set(input: Inputs["typing"]["set"], options?: CallOptions): Promise<TypingState>;
}

export function createTyping({ typing }: Trpc): Typing {
  return { set: typing.set.mutate };
}
