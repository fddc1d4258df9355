import { z } from "zod";
import { id, idInput, timestamp } from "./ids.ts";
import { limits } from "./limits.ts";

const words: Readonly<Record<string, boolean>> = { true: true, false: false };

export const typingInput = z.strictObject({
  conversation_id: idInput.meta({ description: "The conversation's id.", example: 2 }),
  // Forms carry nothing but text.
  typing: z
    .preprocess(
      (value: boolean): unknown => (typeof value === "string" ? (words[value] ?? value) : value),
      z.boolean(),
    )
    .meta({ description: "Whether the caller is typing there.", example: true }),
});

/** What is shown of the caller in a conversation, and until when. */
export const typingState = z
  .object({
    conversation_id: id,
    typing: z.boolean().meta({ description: "Whether the caller is shown as typing." }),
    expires_at: timestamp.nullable().meta({
      description: `When that ends unless it is said again, ${limits.typingMs / 1000} s from now; null when it has ended.`,
    }),
  })
  .meta({ id: "TypingState", description: "Whether the caller is shown as typing, and until when." });
export type TypingState = z.infer<typeof typingState>;
