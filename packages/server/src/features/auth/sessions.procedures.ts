import { done, session, sessionIdInput } from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { z } from "zod";
import { exampleSession } from "../../rpc/examples.ts";
import { authedProcedure, takesNothing } from "../../rpc/procedure.ts";

const tags = ["auth"];

/** `auth.sessions`: where the user is signed in. */
export const sessionsProcedures = {
  list: authedProcedure
    .use(takesNothing)
    .meta({
      openapi: {
        method: "GET",
        path: "/auth/sessions",
        summary: "List one's sessions",
        description: "Where the user is signed in now, the session last used first.",
        tags,
      },
      example: [exampleSession],
    })
    .output(z.array(session))
    .query(({ ctx }) => ctx.services.sessions.list(ctx.principal)),

  revokeOthers: authedProcedure
    .use(takesNothing)
    .meta({
      openapi: {
        method: "POST",
        path: "/auth/sessions/revoke-others",
        summary: "End the other sessions",
        description: "Signs the user out everywhere but here: those sessions' sockets are closed.",
        tags,
      },
      example: { message: "The other sessions were ended." },
    })
    .output(done)
    .mutation(async ({ ctx }) => {
      await ctx.services.sessions.revokeOthers(ctx.principal);
      return { message: "The other sessions were ended." };
    }),

  revoke: authedProcedure
    .meta({
      openapi: {
        method: "DELETE",
        path: "/auth/sessions/{session_id}",
        summary: "End a session",
        description: "Signs the user out there, as signing out there would; its sockets are closed.",
        tags,
      },
      errors: ["NOT_FOUND"],
      example: { message: "The session was ended." },
    })
    .input(sessionIdInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await ctx.services.sessions.revoke(ctx.principal.userId, input.session_id);
      return { message: "The session was ended." };
    }),
} satisfies TRPCRouterRecord;
