import { z } from "zod";
import { conversationState } from "./conversation.ts";
import { id } from "./ids.ts";
import { limits } from "./limits.ts";
import { self } from "./user.ts";

/** All that a client shows first, as of one place in the log: events after `cursor` go on from it. */
export const bootstrap = z
  .object({
    user: self,
    conversations: z.array(conversationState).meta({
      description: `The ${limits.bootstrapConversations} that were written in last; \`GET /conversations\` goes on with \`next_cursor\`.`,
    }),
    next_cursor: z.string().nullable().meta({ description: "Leads to the other conversations, or null." }),
    unread_total: z
      .int()
      .min(0)
      .meta({
        description: `The unread messages of all conversations, of each at most ${limits.unreadCount}.`,
      }),
    online_user_ids: z
      .array(id)
      .meta({ description: "Who is online of the people these conversations show." }),
    cursor: z.string().meta({
      description: "Where the log stood: `events.stream` with it as `lastEventId` gives every later change.",
    }),
  })
  .meta({ id: "Bootstrap", description: "All that a client shows first, as of one place in the log." });
export type Bootstrap = z.infer<typeof bootstrap>;
