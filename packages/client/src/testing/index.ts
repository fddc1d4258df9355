export type { Chances } from "./at-random.ts";
export type { Refusal } from "./blocks.ts";
export type { Fault, HowOften } from "./faults.ts";
export { createFaultyNetwork, type FaultyNetwork, type FaultyNetworkOptions } from "./faulty-network.ts";
export type { Passage, Where } from "./passage.ts";
export type { Rules } from "./rules.ts";
export { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";
