import type { MessagesService } from "./messages.service.ts";

/** What became of the messages that somebody sent. */
export type SendOutcome = "stored" | "duplicate" | "failed";

/** The service with its sends counted in `counts`, on whatever surface they arrive. */
export function countSends(messages: MessagesService, counts: Record<SendOutcome, number>): MessagesService {
  return {
    ...messages,
    async send(...input) {
      try {
        const sent = await messages.send(...input);
        counts[sent.duplicate ? "duplicate" : "stored"] += 1;
        return sent;
      } catch (error) {
        counts.failed += 1;
        throw error;
      }
    },
  };
}
