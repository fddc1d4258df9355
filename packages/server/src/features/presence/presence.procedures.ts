import { watchInput, type PresenceEvent, type WatchEvent } from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { isoTime } from "../../lib/clock.ts";
import { liveSubscription } from "../../rpc/live-subscription.ts";
import { authedProcedure } from "../../rpc/procedure.ts";
import { presenceStream } from "./presence-stream.ts";
import { watchStream } from "./watch-stream.ts";

export const presenceProcedures = {
  /**
   * The presence of up to 200 users, who types in up to 50 conversations, and broadcasts: first
   * what holds now, then each change. Changes of presence are gathered for a second. Nothing here
   * is stored or replayed, so it never mixes with `events.stream`.
   */
  watch: authedProcedure
    .input(watchInput)
    .subscription(({ ctx, input, signal }): AsyncIterable<WatchEvent, void> => {
      const { presence, typing, clock } = ctx.services;
      const stream = watchStream({
        ...{ presence, typing, userId: ctx.principal.userId },
        userIds: input?.user_ids ?? [],
        conversationIds: input?.conversation_ids ?? [],
        now: () => isoTime(clock.now()),
      });
      return liveSubscription({ ctx, signal }, stream);
    }),

  /**
   * Who comes and goes of everybody, and broadcasts: first who is online now, then each change.
   * It sends as much as there are people, which suits small servers; `watch` tells of those that are
   * shown. Nothing here is stored or replayed.
   */
  stream: authedProcedure.subscription(({ ctx, signal }): AsyncIterable<PresenceEvent, void> => {
    const { presence, clock } = ctx.services;
    const { userId } = ctx.principal;
    const stream = presenceStream({ presence, userId, now: () => isoTime(clock.now()) });
    return liveSubscription({ ctx, signal }, stream);
  }),
} satisfies TRPCRouterRecord;
