import type { Message } from "@causerie/client";

/** What the composer is about, besides a new message. */
export interface Writing {
  readonly kind: "reply" | "edit";
  readonly message: Message;
}
