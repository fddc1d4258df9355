import type { DeliveryStats } from "../realtime/delivery-stats.ts";

/** Where the metrics are read from, at the moment when somebody asks. */
export interface MetricsSources {
  /** Open sockets of each kind, and streams. */
  connections(): Readonly<Record<string, number>>;
  subscriptions(): number;
  /** Unsent bytes of all sockets. */
  outboxBytes(): number;
  passwordHashes(): Readonly<Record<"running" | "waiting", number>>;
  sends(): Readonly<Record<string, number>>;
  delivery(): DeliveryStats;
  /** `[[kind, code], count]` of the sockets that the server closed. */
  socketsClosed(): Iterable<readonly [readonly string[], number]>;
  /** `[[procedure, outcome], count]`. */
  calls(): Iterable<readonly [readonly string[], number]>;
}
