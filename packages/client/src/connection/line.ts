import type { Scope } from "../lib/scope.ts";
import type { Link, Transport } from "./link.ts";
import type { Pulse } from "./pulse.ts";

/** A link that is being opened, or is open, with all that belongs to it: `scope` ends with it. */
export interface Line {
  readonly transport: Transport;
  readonly scope: Scope;
  /** Whose it is, if that was known when it was opened. */
  readonly userId: number | undefined;
  /** The token that the server knows it by. */
  token: string | undefined;
  /** When it was opened; before, when that began. */
  openedAt: number;
  /** Undefined until it is open. */
  link?: Link;
  /** The running event stream, and what watches it. */
  live?: Scope;
  pulse?: Pulse;
  /** Called when anything arrives. */
  onHeard?: (() => void) | undefined;
  isHeard?: boolean;
  /** Its stream has begun. */
  isStarted?: boolean;
  hasItem?: boolean;
  /** It has been online for so long that its loss is no failure. */
  isStable?: boolean;
  /** There is nobody left to shake hands with. */
  isDead?: boolean;
  isRenewing?: boolean;
}
