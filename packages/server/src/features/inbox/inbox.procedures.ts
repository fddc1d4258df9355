import { bootstrap } from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { exampleBootstrap } from "../../rpc/examples.ts";
import { authedProcedure, takesNothing } from "../../rpc/procedure.ts";

export const inboxProcedures = {
  bootstrap: authedProcedure
    .use(takesNothing)
    .meta({
      openapi: {
        method: "GET",
        path: "/bootstrap",
        summary: "All that a client shows first",
        description:
          "The signed-in user, the conversations written in last with their unread counts, who of their people is online, and the place in the log that all of it is as of: live events go on from `cursor`.",
        tags: ["conversations"],
      },
      example: exampleBootstrap,
    })
    .output(bootstrap)
    .query(({ ctx }) => ctx.services.inbox.bootstrap(ctx.principal.userId)),
} satisfies TRPCRouterRecord;
