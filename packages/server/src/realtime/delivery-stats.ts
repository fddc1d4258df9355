/** How a stream of events began for its reader. */
export type ResumeOutcome = "fresh" | "resumed" | "caught_up" | "reset";

/** What live delivery has done since the process started. */
export interface DeliveryStats {
  /** Frames of events that were handed to sockets. */
  deliveries: number;
  readonly resumes: Record<ResumeOutcome, number>;
  /** Sockets that were closed because their reader did not keep up. */
  slowReaders: number;
}

export function createDeliveryStats(): DeliveryStats {
  return { deliveries: 0, resumes: { fresh: 0, resumed: 0, caught_up: 0, reset: 0 }, slowReaders: 0 };
}
