import { conversation, conversationIdInput, conversationsListInput } from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { z } from "zod";
import { exampleConversation } from "../../rpc/examples.ts";
import { authedProcedure } from "../../rpc/procedure.ts";

const tags = ["conversations"];

export const conversationsProcedures = {
  list: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/conversations",
        summary: "List conversations",
        description: "Those the caller is in and the public ones, oldest first.",
        tags,
      },
      example: [exampleConversation],
    })
    .input(conversationsListInput)
    .output(z.array(conversation))
    .query(async ({ ctx, input }) => {
      const { items, next } = await ctx.services.conversations.list(ctx.principal.userId, input);
      ctx.reply.next = next;
      return items;
    }),

  get: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/conversations/{conversation_id}",
        summary: "One conversation",
        description: "For whoever is not in it, it does not exist: 404.",
        tags,
      },
      errors: ["NOT_FOUND"],
      example: exampleConversation,
    })
    .input(conversationIdInput)
    .output(conversation)
    .query(({ ctx, input }) => ctx.services.conversations.get(ctx.principal.userId, input.conversation_id)),
} satisfies TRPCRouterRecord;
