import { z } from "zod";
import { id, idInput, timestamp } from "./ids.ts";
import { limits } from "./limits.ts";
import { pageFields } from "./paging.ts";
import { named } from "./named.ts";
import { text } from "./text.ts";

export const contentInput = text({ max: limits.contentLength, maxBytes: limits.contentBytes }).meta({
  description: "1 to 4,000 characters, at most 16 KiB.",
  example: "Bonjour, comment allez-vous ?",
});

export const clientMessageIdInput = text({ max: limits.clientMessageIdLength, singleLine: true }).meta({
  description:
    "The idempotency key, such as a new UUID: the same key and message again stores nothing and is answered with the first one.",
});

const fields = {
  id,
  conversation_id: id.meta({ description: "The conversation it belongs to." }),
  seq: z.int().positive().meta({ description: "1, 2, 3 … within the conversation, without a gap." }),
  sender_id: id.meta({ description: "Who wrote it." }),
  receiver_id: id.nullable().meta({ description: "The other person of a direct message, else null." }),
  content: z.string().meta({ description: "The text." }),
  reply_to: id.nullable().meta({ description: "The message it answers, or null." }),
  client_message_id: z.string().nullable().meta({ description: "The key it was sent with, or null." }),
  created_at: timestamp,
  updated_at: timestamp.nullable().meta({ description: "When it was last edited, or null." }),
};

/** A message as its readers see it. */
export interface Message {
  id: number;
  conversation_id: number;
  /** 1, 2, 3 … within the conversation, without a gap. */
  seq: number;
  sender_id: number;
  /** The other person of a direct message, else null. */
  receiver_id: number | null;
  content: string;
  /** The message it answers, or null. */
  reply_to: number | null;
  /** The key it was sent with, or null. */
  client_message_id: string | null;
  created_at: string;
  /** When it was last edited, or null. */
  updated_at: string | null;
}

export const message = named<Message>()(
  z.object(fields).meta({ id: "Message", description: "A message as its readers see it." }),
);

/** What a send answers: the message, and whether an earlier send with the same key had stored it. */
export interface SentMessage extends Message {
  duplicate: boolean;
}

export const sentMessage = named<SentMessage>()(
  z
    .object({
      ...fields,
      duplicate: z.boolean().meta({ description: "An earlier send with this key stored it." }),
    })
    .meta({ id: "SentMessage", description: "A message as its sender gets it back." }),
);

/** What is left of a deleted message. Its `seq` stays taken. */
export interface DeletedMessage {
  id: number;
  conversation_id: number;
  seq: number;
  sender_id: number;
  receiver_id: number | null;
  created_at: string;
  deleted_at: string;
}

export const deletedMessage = named<DeletedMessage>()(
  z
    .object({
      id,
      conversation_id: id,
      seq: z.int().positive(),
      sender_id: id,
      receiver_id: id.nullable(),
      created_at: timestamp,
      deleted_at: timestamp,
    })
    .meta({ id: "DeletedMessage" }),
);

const sendFields = z.strictObject({
  receiver_id: idInput
    .nullish()
    .meta({ description: "The receiver; null sends a public message. Or give a conversation.", example: 2 }),
  conversation_id: idInput
    .nullish()
    .meta({ description: "The conversation, instead of a receiver.", example: null }),
  content: contentInput,
  reply_to: idInput
    .nullish()
    .meta({ description: "The message answered, of the same conversation.", example: null }),
  client_message_id: clientMessageIdInput
    .nullish()
    .meta({ description: "The same as an `Idempotency-Key` header.", example: null }),
});

interface SendFields {
  readonly content: string;
  readonly reply_to?: number | null | undefined;
  readonly client_message_id?: string | null | undefined;
}

/** A message to send: to a receiver, to everybody (`receiver_id` null), or to a conversation. */
export type SendInput = SendFields &
  (
    | { readonly receiver_id: number | null; readonly conversation_id?: null | undefined }
    | { readonly conversation_id: number; readonly receiver_id?: null | undefined }
  );

/** Its type says what the rule below checks: one of the two, and never a public message by omission. */
export const sendInput = sendFields.superRefine(
  ({ receiver_id: receiver, conversation_id: conversation }, context) => {
    const fault = (message: string, type: string) =>
      context.addIssue({ code: "custom", path: ["receiver_id"], message, params: { type } });
    if (conversation == null && receiver === undefined) fault("is required", "missing");
    if (conversation != null && receiver != null)
      fault("cannot be combined with conversation_id", "value_error");
  },
) as unknown as z.ZodType<SendInput, SendInput>;

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
