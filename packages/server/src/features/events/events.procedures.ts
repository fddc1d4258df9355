import { streamInput, type ServerEvent } from "@causerie/shared";
import { tracked, type TRPCRouterRecord } from "@trpc/server";
import { liveSubscription } from "../../rpc/live-subscription.ts";
import { authedProcedure } from "../../rpc/procedure.ts";

export const eventsProcedures = {
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
