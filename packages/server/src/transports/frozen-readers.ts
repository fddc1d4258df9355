import { limits } from "@causerie/shared";
import type { RequestHandler } from "express";
import type { Clock } from "../lib/clock.ts";
import { createProgress } from "../realtime/progress.ts";
import { createSweep } from "../realtime/sweep.ts";

/** How often responses are looked at. */
const lookMs = 1_000;

/**
 * Cuts responses whose reader has taken nothing of what waits for as long as a socket may be
 * silent. A stream that nobody reads would never end by itself, and show its user as there.
 */
export function cutFrozenReaders({ clock }: { clock: Clock }): RequestHandler {
  const sweep = createSweep(clock, lookMs);
  return (request, response, next) => {
    const progress = createProgress(request.socket);
    let goodAt = clock.now();
    const stop = sweep.add(() => {
      if (progress.look() !== "stalled") goodAt = clock.now();
      else if (clock.now() - goodAt >= limits.leaseMs) response.destroy();
    });
    response.once("close", stop);
    next();
  };
}
