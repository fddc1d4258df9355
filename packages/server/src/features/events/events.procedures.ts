import { eventsListInput, eventsPage, streamInput, type ServerEvent } from "@causerie/shared";
import { tracked, type TRPCRouterRecord } from "@trpc/server";
import { exampleEventsPage } from "../../rpc/examples.ts";
import { liveSubscription } from "../../rpc/live-subscription.ts";
import { authedProcedure } from "../../rpc/procedure.ts";

export const eventsProcedures = {
  list: authedProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/events",
        summary: "What changed after a cursor",
        description:
          "For those who ask now and then rather than listen: the same events as `events.stream` yields, each once and in order, a page at a time. `cursor` may come from any surface: the snapshot of `GET /bootstrap`, a live event, the page before. Without it the answer says where the log ends now. The answer's `cursor` is always where to go on; while `has_more`, the `Link` header leads there. When `reset` is not null, events are missing: load `GET /bootstrap` again and go on from its cursor.",
        tags: ["events"],
      },
      leadsOn: true,
      example: exampleEventsPage,
    })
    .input(eventsListInput)
    .output(eventsPage)
    .query(async ({ ctx, input }) => {
      const page = await ctx.services.eventPages.read(ctx.principal.userId, input);
      if (page.has_more) ctx.reply.next = { rel: "next", cursor: page.cursor };
      return page;
    }),

  /**
   * Every change that the caller may see, in order and without loss. The id of each item is
   * the cursor to resume from: clients hand it back as `lastEventId` after a reconnect.
   */
  stream: authedProcedure.input(streamInput).subscription(async function* ({ ctx, input, signal }) {
    const { userId } = ctx.principal;
    const items = liveSubscription({ ctx, signal }, (alive) =>
      ctx.services.events.open(userId, input?.lastEventId ?? null, alive),
    );
    for await (const { cursor, event } of items) yield tracked<ServerEvent>(cursor, event);
  }),
} satisfies TRPCRouterRecord;
