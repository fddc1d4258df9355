import type { PresenceEvent } from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { isoTime } from "../../lib/clock.ts";
import { liveSubscription } from "../../rpc/live-subscription.ts";
import { authedProcedure } from "../../rpc/procedure.ts";
import { presenceStream } from "./presence-stream.ts";

export const presenceProcedures = {
  /**
   * Who comes and goes, and broadcasts: first who is online now, then each change. Nothing
   * here is stored or replayed, so it never mixes with `events.stream`.
   */
  stream: authedProcedure.subscription(async function* ({
    ctx,
    signal,
  }): AsyncGenerator<PresenceEvent, void> {
    const { presence, clock } = ctx.services;
    const { userId } = ctx.principal;
    yield* liveSubscription({ ctx, signal }, (alive) =>
      presenceStream({ presence, userId, signal: alive, now: () => isoTime(clock.now()) }),
    );
  }),
} satisfies TRPCRouterRecord;
