import {
  clientMessageIdInput,
  done,
  editInput,
  message,
  messageConversationInput,
  messageIdInput,
  messagesListInput,
  sendInput,
  sentMessage,
} from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { z } from "zod";
import { DomainError, invalidField } from "../../lib/domain-error.ts";
import { exampleMessage } from "../../rpc/examples.ts";
import { authedProcedure, limitedByUser, takesNothing } from "../../rpc/procedure.ts";

const tags = ["messages"];

/** The key of a send: the field, or the `Idempotency-Key` header, which means the same. */
function idempotencyKey(field: string | null | undefined, header: string | null): string | null {
  if (header === null) return field ?? null;
  const checked = clientMessageIdInput.safeParse(header);
  if (!checked.success) {
    const message = checked.error.issues[0]?.message ?? "is not valid";
    throw new DomainError("VALIDATION_FAILED", {
      message: `Idempotency-Key ${message}.`,
      issues: [{ loc: ["header", "Idempotency-Key"], msg: message, type: "value_error" }],
    });
  }
  if (field != null && field !== header) {
    throw invalidField("client_message_id", "differs from the Idempotency-Key header");
  }
  return header;
}

export const messagesProcedures = {
  send: authedProcedure
    .use(limitedByUser("send"))
    .meta({
      openapi: {
        method: "POST",
        path: "/messages",
        summary: "Send a message",
        description:
          "To a user, with `receiver_id` null (in a form: empty) to everybody, or to the conversation of `conversation_id`. An `Idempotency-Key` header means the same as `client_message_id`: the same key and message answers 200 with the first one.",
        tags,
      },
      status: 201,
      idempotent: true,
      needsOneOf: ["receiver_id", "conversation_id"],
      errors: ["NOT_FOUND", "IDEMPOTENCY_CONFLICT", "RATE_LIMITED"],
      example: { ...exampleMessage, duplicate: false },
    })
    .input(sendInput)
    .output(sentMessage)
    .mutation(async ({ ctx, input }) => {
      const sent = await ctx.services.messages.send(ctx.principal.userId, {
        ...input,
        client_message_id: idempotencyKey(input.client_message_id, ctx.idempotencyKey),
      });
      if (sent.duplicate) ctx.reply.status = 200;
      return sent;
    }),

  list: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/messages",
        summary: "List messages",
        description:
          "Those sent, received and public, oldest first. Without parameters the newest 1,000; the `Link` header leads to the next page.",
        tags,
      },
      example: [exampleMessage],
    })
    .input(messagesListInput)
    .output(z.array(message))
    .query(async ({ ctx, input }) => {
      const { items, next } = await ctx.services.messages.list(ctx.principal.userId, input);
      ctx.reply.next = next;
      return items;
    }),

  conversation: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/messages/conversation/{user_id}",
        summary: "The direct conversation with a user",
        description: "Oldest first. Without paging parameters the newest 1,000.",
        tags,
      },
      errors: ["NOT_FOUND"],
      example: [exampleMessage],
    })
    .input(messageConversationInput)
    .output(z.array(message))
    .query(async ({ ctx, input }) => {
      const { items, next } = await ctx.services.messages.conversation(
        ctx.principal.userId,
        input.user_id,
        input,
      );
      ctx.reply.next = next;
      return items;
    }),

  onlineUsers: authedProcedure
    .use(takesNothing)
    .meta({
      openapi: {
        method: "GET",
        path: "/messages/online-users",
        summary: "The ids of who is online",
        description: "The same set as `GET /users/active/list`.",
        tags,
      },
      example: [1, 2],
    })
    .output(z.array(z.int()))
    .query(({ ctx }) => ctx.services.presence.onlineUsers()),

  get: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/messages/{message_id}",
        summary: "One message",
        description:
          "With its place: `GET /conversations/{conversation_id}/messages` with `around` its `seq` shows what was written before and after it. Only its readers find it; 404 also when it was deleted.",
        tags,
      },
      errors: ["NOT_FOUND"],
      example: exampleMessage,
    })
    .input(messageIdInput)
    .output(message)
    .query(({ ctx, input }) => ctx.services.messages.get(ctx.principal.userId, input.message_id)),

  edit: authedProcedure
    .meta({
      openapi: {
        method: "PUT",
        path: "/messages/{message_id}",
        summary: "Edit a message",
        description: "Only its author may: its other readers get 403, anybody else 404.",
        tags,
      },
      errors: ["FORBIDDEN", "NOT_FOUND"],
      example: { ...exampleMessage, content: "Message modifié", updated_at: "2026-01-15T10:31:00.000Z" },
    })
    .input(editInput)
    .output(message)
    .mutation(({ ctx, input }) =>
      ctx.services.messages.edit(ctx.principal.userId, input.message_id, input.content),
    ),

  delete: authedProcedure
    .meta({
      openapi: {
        method: "DELETE",
        path: "/messages/{message_id}",
        summary: "Delete a message",
        description:
          "Erases the text for everybody. Only its author may: its other readers get 403, anybody else 404.",
        tags,
      },
      errors: ["FORBIDDEN", "NOT_FOUND"],
      example: { message: "Message deleted." },
    })
    .input(messageIdInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await ctx.services.messages.delete(ctx.principal.userId, input.message_id);
      return { message: "Message deleted." };
    }),
} satisfies TRPCRouterRecord;
