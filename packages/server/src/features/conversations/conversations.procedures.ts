import {
  conversationIdInput,
  conversationsListInput,
  conversationsPage,
  conversationState,
  createConversationInput,
  done,
  history,
  historyInput,
  markReadInput,
  readState,
  updateConversationInput,
} from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { exampleHistory, exampleState } from "../../rpc/examples.ts";
import { authedProcedure } from "../../rpc/procedure.ts";
import { membersProcedures } from "./members.procedures.ts";

const tags = ["conversations"];

export const conversationsProcedures = {
  create: authedProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/conversations",
        summary: "Start a conversation",
        description:
          "A group with its members, whose owner the caller is; a public one, which everybody sees; or the direct one with somebody, which is found if there is one.",
        tags,
      },
      status: 201,
      example: exampleState,
    })
    .input(createConversationInput)
    .output(conversationState)
    .mutation(async ({ ctx, input }) => {
      const { userId } = ctx.principal;
      return await ctx.services.inbox.get(userId, await ctx.services.conversations.create(userId, input));
    }),

  list: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/conversations",
        summary: "List conversations",
        description:
          "Those the caller is in and the public ones, the latest written in first, each with its newest message and what is unread. `next_cursor` leads on.",
        tags,
      },
      example: { conversations: [exampleState], next_cursor: null },
    })
    .input(conversationsListInput)
    .output(conversationsPage)
    .query(({ ctx, input }) => ctx.services.inbox.list(ctx.principal.userId, input)),

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
      example: exampleState,
    })
    .input(conversationIdInput)
    .output(conversationState)
    .query(({ ctx, input }) => ctx.services.inbox.get(ctx.principal.userId, input.conversation_id)),

  update: authedProcedure
    .meta({
      openapi: {
        method: "PUT",
        path: "/conversations/{conversation_id}",
        summary: "Rename a conversation",
        description: "Its owners and admins may; of a public one also whoever runs the server.",
        tags,
      },
      errors: ["FORBIDDEN", "NOT_FOUND"],
      example: exampleState,
    })
    .input(updateConversationInput)
    .output(conversationState)
    .mutation(async ({ ctx, input }) => {
      const { userId } = ctx.principal;
      await ctx.services.conversations.rename(userId, input.conversation_id, input.name);
      return await ctx.services.inbox.get(userId, input.conversation_id);
    }),

  join: authedProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/conversations/{conversation_id}/join",
        summary: "Join a public conversation",
        description:
          "Everybody reads and writes in public; whoever joins has a marker there, and unread messages count. Into a group its admins let people: to others it does not exist.",
        tags,
      },
      errors: ["NOT_FOUND"],
      example: exampleState,
    })
    .input(conversationIdInput)
    .output(conversationState)
    .mutation(async ({ ctx, input }) => {
      const { userId } = ctx.principal;
      await ctx.services.conversations.join(userId, input.conversation_id);
      return await ctx.services.inbox.get(userId, input.conversation_id);
    }),

  leave: authedProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/conversations/{conversation_id}/leave",
        summary: "Leave a conversation",
        description:
          "A group is gone for the caller from now on. When its last owner leaves, who has been there longest follows, admins first. A direct conversation cannot be left.",
        tags,
      },
      errors: ["FORBIDDEN", "NOT_FOUND"],
      example: { message: "You left the conversation." },
    })
    .input(conversationIdInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await ctx.services.conversations.leave(ctx.principal.userId, input.conversation_id);
      return { message: "You left the conversation." };
    }),

  history: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/conversations/{conversation_id}/messages",
        summary: "Read a conversation",
        description:
          "A stretch of its messages in the order of `seq`: the newest, or those before, after or around one.",
        tags,
      },
      errors: ["NOT_FOUND"],
      example: exampleHistory,
    })
    .input(historyInput)
    .output(history)
    .query(({ ctx, input }) => ctx.services.messages.history(ctx.principal.userId, input)),

  markRead: authedProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/conversations/{conversation_id}/read",
        summary: "Mark messages as read",
        description:
          "Moves the caller's marker forward, never back, on all their devices. In a public conversation this joins it.",
        tags,
      },
      errors: ["NOT_FOUND"],
      example: { conversation_id: 2, last_read_seq: 1, unread_count: 0 },
    })
    .input(markReadInput)
    .output(readState)
    .mutation(async ({ ctx, input }) => {
      const { userId } = ctx.principal;
      await ctx.services.conversations.markRead(userId, input.conversation_id, input.up_to_seq);
      return await ctx.services.inbox.readState(userId, input.conversation_id);
    }),

  members: membersProcedures,
} satisfies TRPCRouterRecord;
