import { eventsListInput, eventsPage, streamInput, type ServerEvent } from "@causerie/shared";
import { tracked, type TRPCRouterRecord } from "@trpc/server";
import { rememberLast } from "../../lib/remember-last.ts";
import type { StreamItem } from "../../realtime/event-stream.ts";
import { mapLive } from "../../realtime/live-stream.ts";
import { exampleEventsPage } from "../../rpc/examples.ts";
import { liveSubscription } from "../../rpc/live-subscription.ts";
import { authedProcedure } from "../../rpc/procedure.ts";

// All subscribers of an event share it, so that its frame is made once.
const asTracked = rememberLast(({ cursor, event }: StreamItem) => tracked<ServerEvent>(cursor, event));
type TrackedEvent = ReturnType<typeof asTracked>;

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
  stream: authedProcedure
    .input(streamInput)
    .subscription(({ ctx, input, signal }): AsyncIterable<TrackedEvent, void> => {
      const items = ctx.services.events.open(ctx.principal.userId, input?.lastEventId ?? null);
      return liveSubscription({ ctx, signal }, mapLive(items, asTracked));
    }),
} satisfies TRPCRouterRecord;
