import {
  activeStatus,
  activeUsers,
  broadcastInput,
  broadcastResult,
  deleteMeInput,
  done,
  self,
  updateMeInput,
  user,
  userIdInput,
  usersListInput,
} from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { z } from "zod";
import { isoTime } from "../../lib/clock.ts";
import { exampleMe, exampleTimestamp, exampleUser } from "../../rpc/examples.ts";
import { authedProcedure, limitedByUser, takesNothing } from "../../rpc/procedure.ts";

const tags = ["users"];

export const usersProcedures = {
  list: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/users",
        summary: "List users",
        description:
          "Everybody, oldest first; with `query`, the people whose name holds it. Without paging parameters the newest 1,000.",
        tags,
      },
      example: [exampleUser],
    })
    .input(usersListInput)
    .output(z.array(user))
    .query(async ({ ctx, input }) => {
      const { items, next } = await ctx.services.users.list(input, input.query);
      ctx.reply.next = next;
      return items;
    }),

  me: authedProcedure
    .use(takesNothing)
    .meta({
      openapi: {
        method: "GET",
        path: "/users/me",
        summary: "The signed-in user's profile",
        description: "The same as `GET /auth/me`.",
        tags,
      },
      example: exampleMe,
    })
    .output(self)
    .query(({ ctx }) => ctx.services.users.me(ctx.principal.userId)),

  updateMe: authedProcedure
    .use(limitedByUser("updateMe"))
    .meta({
      openapi: {
        method: "PUT",
        path: "/users/me",
        summary: "Change the profile",
        description:
          "Changes the fields given. A new e-mail address or password needs `current_password`; a new password ends the other sessions.",
        tags,
      },
      errors: ["EMAIL_TAKEN", "RATE_LIMITED", "OVERLOADED"],
      example: exampleMe,
    })
    .input(updateMeInput)
    .output(self)
    .mutation(({ ctx, input }) => ctx.services.users.update(ctx.principal, input)),

  deleteMe: authedProcedure
    .use(limitedByUser("updateMe"))
    .meta({
      openapi: {
        method: "POST",
        path: "/users/me/delete",
        summary: "Delete the account",
        description:
          "For good, at once: every session ends and the e-mail address is free again. The user's messages stay, under a user without a name whom nobody finds any more.",
        tags,
      },
      errors: ["RATE_LIMITED", "OVERLOADED"],
      example: { message: "The account was deleted." },
    })
    .input(deleteMeInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await ctx.services.users.delete(ctx.principal.userId, input.current_password);
      if (ctx.principal.tokenId === null) ctx.cookies?.clear();
      return { message: "The account was deleted." };
    }),

  active: {
    list: authedProcedure
      .use(takesNothing)
      .meta({
        openapi: {
          method: "GET",
          path: "/users/active/list",
          summary: "Who is online",
          description: "The users with at least one open socket, on any surface.",
          tags,
        },
        example: { active_users: [1, 2], count: 2, timestamp: exampleTimestamp },
      })
      .output(activeUsers)
      .query(({ ctx }) => ctx.services.presence.activeUsers()),

    status: authedProcedure
      .meta({
        openapi: {
          method: "GET",
          path: "/users/active/status/{user_id}",
          summary: "Whether a user is online",
          description: "True while any socket of theirs is open.",
          tags,
        },
        errors: ["NOT_FOUND"],
        example: { user_id: 2, is_active: true, timestamp: exampleTimestamp },
      })
      .input(userIdInput)
      .output(activeStatus)
      .query(async ({ ctx, input }) => {
        const { id } = await ctx.services.users.get(input.user_id);
        const { presence, clock } = ctx.services;
        return { user_id: id, is_active: presence.isOnline(id), timestamp: isoTime(clock.now()) };
      }),
  },

  broadcast: authedProcedure
    .use(limitedByUser("broadcast"))
    .meta({
      openapi: {
        method: "POST",
        path: "/users/broadcast",
        summary: "Tell everybody who is connected",
        description:
          "Not stored: only sockets that are open now receive it. `recipients` counts the users reached. Where the server says so (`BROADCAST=admins`), only administrators may.",
        tags,
      },
      errors: ["FORBIDDEN", "RATE_LIMITED"],
      example: { status: "sent", recipients: 12 },
    })
    .input(broadcastInput)
    .output(broadcastResult)
    .mutation(async ({ ctx, input }) => {
      const from = await ctx.services.users.broadcaster(ctx.principal.userId);
      return { status: "sent" as const, recipients: ctx.services.presence.broadcast(from, input.message) };
    }),

  get: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/users/{user_id}",
        summary: "One user",
        description: "Without the e-mail address, which only its owner sees.",
        tags,
      },
      errors: ["NOT_FOUND"],
      example: exampleUser,
    })
    .input(userIdInput)
    .output(user)
    .query(({ ctx, input }) => ctx.services.users.get(input.user_id)),
} satisfies TRPCRouterRecord;
