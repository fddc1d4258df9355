import { addMembersInput, done, member, memberInput, membersListInput, setRoleInput } from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { z } from "zod";
import { exampleMember } from "../../rpc/examples.ts";
import { authedProcedure } from "../../rpc/procedure.ts";

const tags = ["conversations"];
const path = "/conversations/{conversation_id}/members";

export const membersProcedures = {
  list: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path,
        summary: "List the members of a conversation",
        description: "In the order of their ids; of a public conversation those who joined it.",
        tags,
      },
      errors: ["NOT_FOUND"],
      example: [exampleMember],
    })
    .input(membersListInput)
    .output(z.array(member))
    .query(async ({ ctx, input: { conversation_id, after = 0, limit } }) => {
      const { items, next } = await ctx.services.members.list(ctx.principal.userId, conversation_id, {
        after,
        limit,
      });
      ctx.reply.next = next;
      return items;
    }),

  add: authedProcedure
    .meta({
      openapi: {
        method: "POST",
        path,
        summary: "Take people into a group",
        description:
          "Its owners and admins may. They read what is written from now on, and with `history` `all` also what was written before. Whoever is in it already stays as they are.",
        tags,
      },
      errors: ["FORBIDDEN", "NOT_FOUND"],
      example: [exampleMember],
    })
    .input(addMembersInput)
    .output(z.array(member))
    .mutation(({ ctx, input }) => ctx.services.members.add(ctx.principal.userId, input)),

  remove: authedProcedure
    .meta({
      openapi: {
        method: "DELETE",
        path: `${path}/{user_id}`,
        summary: "Take somebody out of a group",
        description:
          "Owners anybody, admins members, everybody themself. Nothing written later reaches them.",
        tags,
      },
      errors: ["FORBIDDEN", "NOT_FOUND"],
      example: { message: "The member was removed." },
    })
    .input(memberInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await ctx.services.members.remove(ctx.principal.userId, input.conversation_id, input.user_id);
      return { message: "The member was removed." };
    }),

  setRole: authedProcedure
    .meta({
      openapi: {
        method: "PUT",
        path: `${path}/{user_id}`,
        summary: "Give a member another role",
        description: "Only owners may, and one owner always stays.",
        tags,
      },
      errors: ["FORBIDDEN", "NOT_FOUND"],
      example: { ...exampleMember, role: "admin" },
    })
    .input(setRoleInput)
    .output(member)
    .mutation(({ ctx, input }) =>
      ctx.services.members.setRole(ctx.principal.userId, input.conversation_id, input.user_id, input.role),
    ),
} satisfies TRPCRouterRecord;
