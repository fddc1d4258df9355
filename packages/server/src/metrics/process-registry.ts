import { collectDefaultMetrics, Registry } from "prom-client";

let registry: Registry | undefined;

/**
 * Memory, processor time, descriptors, garbage collection and the delay of the event loop. They
 * belong to the process, however many servers run in it, and what observes them cannot be stopped:
 * so they exist once, from the first server on.
 */
export function processRegistry(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
