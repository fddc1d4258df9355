import { limits, typingInput, typingState } from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { exampleTimestamp } from "../../rpc/examples.ts";
import { authedProcedure, limitedByUser } from "../../rpc/procedure.ts";

export const typingProcedures = {
  set: authedProcedure
    .use(limitedByUser("typing"))
    .meta({
      openapi: {
        method: "PUT",
        path: "/conversations/{conversation_id}/typing",
        summary: "Show that one is typing",
        description: `Those who watch the conversation hear of it. It ends by itself after ${limits.typingMs / 1000} s unless it is said again, and when the caller sends a message there. It is never stored.`,
        tags: ["conversations"],
      },
      errors: ["NOT_FOUND", "RATE_LIMITED"],
      example: { conversation_id: 2, typing: true, expires_at: exampleTimestamp },
    })
    .input(typingInput)
    .output(typingState)
    .mutation(({ ctx, input }) =>
      ctx.services.typing.set(ctx.principal.userId, input.conversation_id, input.typing),
    ),
} satisfies TRPCRouterRecord;
