import { DomainError } from "../lib/domain-error.ts";
import type { Slots } from "../lib/slots.ts";
import type { ConnectionLimits } from "../realtime/connection-limits.ts";
import type { RateLimits } from "../rpc/rate-limits.ts";

/** A socket's place among all others, from before its handshake is answered to its end. */
export interface Seat {
  /** Says whose socket it is; false when that user has too many of its kind already. */
  belongTo(userId: number): boolean;
  /** Gives everything back. It may be called more than once. */
  leave(): void;
}

/**
 * Gives a socket of `kind` that comes from `address` a seat, or refuses it: RATE_LIMITED when
 * the address asks too much, OVERLOADED when all together do.
 */
export type Admit = (address: string, kind: string) => Promise<Seat>;

export interface AdmissionDeps {
  readonly rateLimits: RateLimits;
  readonly connectionLimits: ConnectionLimits;
}

/** Nobody knows when a socket will close; this is how often asking again does no harm. */
const retryAfterMs = 10_000;

export function createAdmission({ rateLimits, connectionLimits }: AdmissionDeps): Admit {
  const { sockets, ofAddress, unauthenticated, ofUser } = connectionLimits;

  return async function admit(address, kind) {
    // What one address is refused must not use up what is there for all.
    await rateLimits.take("handshake", address);
    await rateLimits.take("allHandshakes", "").catch(asOverload);

    const held: (() => void)[] = [];
    const leave = () => held.forEach((giveBack) => giveBack());
    const hold = (slots: Slots, key: string) => {
      const giveBack = slots.take(key);
      if (giveBack) held.push(giveBack);
      return giveBack;
    };

    if (!hold(sockets, "")) {
      throw new DomainError("OVERLOADED", {
        message: "The server has no room for more sockets.",
        retryAfterMs,
      });
    }
    const stranger = hold(ofAddress, address) && hold(unauthenticated, address);
    if (!stranger) {
      leave();
      throw new DomainError("RATE_LIMITED", {
        message: "This address has too many open sockets.",
        retryAfterMs,
      });
    }
    return {
      belongTo(userId) {
        stranger();
        return hold(ofUser, `${kind}:${userId}`) !== undefined;
      },
      leave,
    };
  };
}

/** Too much of all callers together is not the fault of this one. */
function asOverload(error: unknown): never {
  if (!(error instanceof DomainError) || error.code !== "RATE_LIMITED") throw error;
  throw new DomainError("OVERLOADED", { retryAfterMs: error.retryAfterMs ?? retryAfterMs });
}
