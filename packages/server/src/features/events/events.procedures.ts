import { streamInput, type ServerEvent } from "@causerie/shared";
import { tracked, type TRPCRouterRecord } from "@trpc/server";
import { rememberLast } from "../../lib/remember-last.ts";
import type { StreamItem } from "../../realtime/event-stream.ts";
import { mapLive } from "../../realtime/live-stream.ts";
import { liveStreamSubscription } from "../../rpc/live-subscription.ts";
import { authedProcedure } from "../../rpc/procedure.ts";

// All subscribers of an event share it, so that its frame is made once.
const asTracked = rememberLast(({ cursor, event }: StreamItem) => tracked<ServerEvent>(cursor, event));
type TrackedEvent = ReturnType<typeof asTracked>;

export const eventsProcedures = {
  /**
   * Every change that the caller may see, in order and without loss. The id of each item is
   * the cursor to resume from: clients hand it back as `lastEventId` after a reconnect.
   */
  stream: authedProcedure
    .input(streamInput)
    .subscription(({ ctx, input, signal }): AsyncIterable<TrackedEvent, void> => {
      const items = ctx.services.events.open(ctx.principal.userId, input?.lastEventId ?? null);
      return liveStreamSubscription({ ctx, signal }, mapLive(items, asTracked));
    }),
} satisfies TRPCRouterRecord;
