import type { EventStreams } from "./event-stream.ts";
import type { Hub } from "./hub.ts";
import type { ReadReplayPage } from "./replay-page.ts";

/** How a stream that was opened with a cursor went on. */
export type ResumeOutcome = "resumed" | "caught_up" | "reset";

/** What was delivered since the start. */
export interface DeliveryCounts {
  /** Live events handed to a reader, one for each reader. */
  deliveries: number;
  /** Events read from the log for readers. */
  replayed: number;
  readonly resumes: Record<ResumeOutcome, number>;
}

/** Puts counting around what delivers, and changes nothing else of it. */
export interface DeliveryCounting {
  readonly counts: DeliveryCounts;
  hub(hub: Hub): Hub;
  pages(readPage: ReadReplayPage): ReadReplayPage;
  streams(streams: EventStreams): EventStreams;
}

export function createDeliveryCounting(): DeliveryCounting {
  const counts: DeliveryCounts = {
    deliveries: 0,
    replayed: 0,
    resumes: { resumed: 0, caught_up: 0, reset: 0 },
  };
  return {
    counts,
    hub: (hub) => ({
      ...hub,
      attach: (userId, listener) =>
        hub.attach(userId, (placed) => {
          counts.deliveries += 1;
          listener(placed);
        }),
    }),
    pages: (readPage) => async (userId, position) => {
      const page = await readPage(userId, position);
      counts.replayed += page.events.length;
      return page;
    },
    streams: (streams) => ({
      async *open(userId, cursor, signal) {
        let counted = cursor === null;
        for await (const item of streams.open(userId, cursor, signal)) {
          if (!counted) {
            counts.resumes[outcomeOf(item.event.type)] += 1;
            counted = true;
          }
          yield item;
        }
      },
    }),
  };
}

/** The first item tells: a heartbeat comes when there is nothing left to replay. */
function outcomeOf(type: string): ResumeOutcome {
  if (type === "reset") return "reset";
  return type === "heartbeat" ? "caught_up" : "resumed";
}
