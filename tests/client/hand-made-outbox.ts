import type { Client } from "@causerie/client";
import { createOutbox } from "../../packages/client/src/outbox/create-outbox.ts";
import type { Outbox, OutboxStorage } from "../../packages/client/src/outbox/outbox.ts";
import { systemClock } from "../../packages/client/src/platform/clock.ts";

export interface HandMadeOutbox {
  readonly server: string;
  readonly userId: number;
  readonly storage: OutboxStorage;
  readonly send: Client["messages"]["send"];
}

/** An outbox of one program, which is always connected and hears no events. */
export function handMadeOutbox({ server, userId, storage, send }: HandMadeOutbox): Outbox {
  return createOutbox({
    ...{ server, storage, send, clock: systemClock, random: Math.random },
    locks: { areShared: false, hold: (_name, work) => work() },
    openChannel: () => ({ post: () => {}, onMessage: () => () => {}, close: () => {} }),
    session: {
      userId: () => userId,
      lost: () => undefined,
      current: () => undefined,
      token: async () => undefined,
      onChange: () => () => {},
    },
    connection: {
      onLink(listener) {
        listener({} as never);
        return () => {};
      },
    },
    feed: { onEvent: () => () => {} },
    conversationWith: () => undefined,
    report(_where, error) {
      throw error;
    },
  });
}

/** Waits until nothing is left in it. */
export async function untilEmpty(outbox: Outbox): Promise<void> {
  while (outbox.getSnapshot().length > 0) {
    await new Promise<void>((resolve) => {
      const stop = outbox.subscribe(() => {
        stop();
        resolve();
      });
    });
  }
}
