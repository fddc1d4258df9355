import { z } from "zod";
import { id, idInput, timestamp } from "./ids.ts";
import { pageFields } from "./paging.ts";

export const conversationKinds = ["direct", "group", "public"] as const;

export const conversation = z
  .object({
    id,
    kind: z
      .enum(conversationKinds)
      .meta({ description: "Between two people, in a group, or with everybody." }),
    name: z
      .string()
      .nullable()
      .meta({ description: "The name of a group or public conversation, else null." }),
    member_ids: z
      .array(id)
      .nullable()
      .meta({ description: "The people in it; null in a public conversation, where everybody is." }),
    last_seq: z.int().min(0).meta({ description: "The `seq` of the newest message; 0 when there is none." }),
    created_at: timestamp,
  })
  .meta({
    id: "Conversation",
    description: "Where messages belong: two people, a group, or the public place of everybody.",
  });
export type Conversation = z.infer<typeof conversation>;

export const conversationIdInput = z.strictObject({
  conversation_id: idInput.meta({ description: "The conversation's id.", example: 1 }),
});

export const conversationsListInput = z.strictObject(pageFields);
