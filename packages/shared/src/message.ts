import { z } from "zod";
import { id, idInput, timestamp } from "./ids.ts";
import { limits } from "./limits.ts";
import { pageFields } from "./paging.ts";
import { text } from "./text.ts";

export const contentInput = text({ max: limits.contentLength, maxBytes: limits.contentBytes }).meta({
  description: "1 to 4,000 characters, at most 16 KiB.",
  example: "Bonjour, comment allez-vous ?",
});

export const clientMessageIdInput = text({ max: limits.clientMessageIdLength, singleLine: true }).meta({
  description: "The idempotency key, unique per sender: the same key and text store one message.",
  example: "0192f0c1-7a51-7cc1-b4b8-9a3f5d1c7b90",
});

const fields = {
  id,
  conversation_id: id,
  seq: z.int().positive().meta({ description: "1, 2, 3 … within the conversation, without a gap." }),
  sender_id: id,
  receiver_id: id.nullable().meta({ description: "The other person of a direct message, else null." }),
  content: z.string(),
  reply_to: id.nullable(),
  client_message_id: z.string().nullable(),
  created_at: timestamp,
  updated_at: timestamp.nullable().meta({ description: "When it was last edited." }),
};

export const message = z.object(fields).meta({ id: "Message" });
export type Message = z.infer<typeof message>;

/** What a send answers: the message, and whether an earlier send with the same key had stored it. */
export const sentMessage = z
  .object({
    ...fields,
    duplicate: z.boolean().meta({ description: "An earlier send with this key stored it." }),
  })
  .meta({ id: "SentMessage" });
export type SentMessage = z.infer<typeof sentMessage>;

/** What is left of a deleted message. Its `seq` stays taken. */
export const deletedMessage = z
  .object({
    id,
    conversation_id: id,
    seq: z.int().positive(),
    sender_id: id,
    receiver_id: id.nullable(),
    deleted_at: timestamp,
  })
  .meta({ id: "DeletedMessage" });
export type DeletedMessage = z.infer<typeof deletedMessage>;

export const sendInput = z.strictObject({
  receiver_id: idInput
    .nullable()
    .meta({ description: "The receiver; null sends a public message.", example: 2 }),
  content: contentInput,
  reply_to: idInput.nullish().meta({ description: "The message answered, of the same conversation." }),
  client_message_id: clientMessageIdInput.nullish(),
});
export type SendInput = z.output<typeof sendInput>;

export const messagesListInput = z.strictObject(pageFields);

export const messageConversationInput = z.strictObject({
  user_id: idInput.meta({ description: "The other person's id.", example: 2 }),
  ...pageFields,
});

export const messageIdInput = z.strictObject({
  message_id: idInput.meta({ description: "The message's id.", example: 1 }),
});

export const editInput = z.strictObject({
  message_id: idInput.meta({ description: "The message's id.", example: 1 }),
  content: contentInput.meta({ example: "Message modifié" }),
});
