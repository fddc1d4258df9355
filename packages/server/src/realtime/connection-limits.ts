import { connectionLimits } from "@causerie/shared";
import { createSlots, type Slots } from "../lib/slots.ts";

/** What may be open at once, counted in this process. */
export interface ConnectionLimits {
  /** All sockets, under the key "". */
  readonly sockets: Slots;
  /** Sockets of an address. */
  readonly ofAddress: Slots;
  /** Sockets of an address that have not said who they are. */
  readonly unauthenticated: Slots;
  /** Sockets and streams of a user, under the key `kind:user`. */
  readonly ofUser: Slots;
  /** Subscriptions of a user. */
  readonly subscriptions: Slots;
  /** After how many refused calls within a minute a socket is closed. */
  readonly refusals: number;
}

export interface ConnectionLimitsOptions {
  /** Whether anything is limited at all. */
  readonly enabled: boolean;
  readonly sockets: number;
  readonly socketsPerAddress: number;
}

export function createConnectionLimits(options: ConnectionLimitsOptions): ConnectionLimits {
  const most = (count: number) => (options.enabled ? count : Infinity);
  return {
    sockets: createSlots(most(options.sockets)),
    ofAddress: createSlots(most(options.socketsPerAddress)),
    unauthenticated: createSlots(most(connectionLimits.unauthenticatedPerAddress)),
    ofUser: createSlots(most(connectionLimits.perUserAndKind)),
    subscriptions: createSlots(most(connectionLimits.subscriptionsPerUser)),
    refusals: most(connectionLimits.refusals),
  };
}
