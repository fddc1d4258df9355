import type { UserStatus } from "@causerie/shared";
import type { Clock } from "../../lib/clock.ts";

/** What one socket says of its user, for as long as it shows signs of life. */
export interface Lease {
  /** A frame came in: the user is there, and active. */
  touch(): void;
  /** Another sign of life, such as a pong: the user is there. */
  renew(): void;
  /** The socket is gone. What it said holds a moment longer, for whoever comes back at once. */
  end(): void;
}

/**
 * Who is there, as leases say: a user is as present as the most present of their leases. Kept in
 * memory for one process. Several processes have each their own, and tell the others a row for each
 * of their users when it changes; such a row counts here like a lease, and lapses with its process.
 */
export interface Leases {
  /** Takes a lease, which starts as a frame would. With `standing` it holds until it is ended. */
  take(userId: number, socketId: string, options?: { readonly standing?: boolean }): Lease;
  statusOf(userId: number): UserStatus;
  /** The users who are not offline, in no order. */
  present(): Iterable<number>;
  /** Ends all leases of a user, at once and for good. */
  revoke(userId: number): void;
}

export interface LeasesDeps {
  readonly clock: Clock;
  /** How long a lease holds after a sign of life; ms. */
  readonly leaseMs: number;
  /** How long it holds after its end; ms. */
  readonly graceMs: number;
  /** How long after a frame its user counts as active; ms. */
  readonly inactiveAfterMs: number;
  /** Hears each change of a user's status, and which socket made it, if one did. */
  readonly onChange: (userId: number, status: UserStatus, socketId?: string) => void;
}

interface Held {
  activeUntil: number;
  aliveUntil: number;
  over: boolean;
}

interface User {
  readonly leases: Set<Held>;
  status: UserStatus;
  /** When the leases are looked at next. Signs of life only write down a time; the check finds it. */
  checkAt: number;
  cancelCheck: () => void;
}

export function createLeases(deps: LeasesDeps): Leases {
  const { clock, leaseMs, graceMs, inactiveAfterMs, onChange } = deps;
  const users = new Map<number, User>();

  function settle(userId: number, user: User, socketId?: string): void {
    const now = clock.now();
    let status: UserStatus = "offline";
    let next = Infinity;
    for (const lease of user.leases) {
      if (lease.aliveUntil <= now) {
        user.leases.delete(lease);
        continue;
      }
      const active = lease.activeUntil > now;
      if (active) status = "online";
      else if (status === "offline") status = "inactive";
      next = Math.min(next, lease.aliveUntil, active ? lease.activeUntil : Infinity);
    }
    if (status === "offline") {
      user.cancelCheck();
      users.delete(userId);
    } else if (next < user.checkAt) {
      checkAt(userId, user, next);
    }
    if (status === user.status) return;
    user.status = status;
    onChange(userId, status, socketId);
  }

  function checkAt(userId: number, user: User, at: number): void {
    user.cancelCheck();
    user.checkAt = at;
    user.cancelCheck = clock.after(at - clock.now(), () => {
      user.checkAt = Infinity;
      settle(userId, user);
    });
  }

  function userOf(userId: number): User {
    const known = users.get(userId);
    if (known) return known;
    const user: User = {
      leases: new Set(),
      status: "offline",
      checkAt: Infinity,
      cancelCheck: () => undefined,
    };
    users.set(userId, user);
    return user;
  }

  return {
    take(userId, socketId, { standing = false } = {}) {
      const held: Held = { activeUntil: 0, aliveUntil: 0, over: false };

      function show(active: boolean): void {
        if (held.over) return;
        const now = clock.now();
        held.aliveUntil = standing ? Infinity : now + leaseMs;
        if (active) held.activeUntil = now + inactiveAfterMs;
        const user = userOf(userId);
        // One that had lapsed, as after a machine slept, is taken again.
        const isNew = !user.leases.has(held);
        user.leases.add(held);
        if (isNew || (active && user.status !== "online")) settle(userId, user, socketId);
      }

      show(true);
      return {
        touch: () => show(true),
        renew: () => show(false),
        end() {
          if (held.over) return;
          held.over = true;
          held.aliveUntil = Math.min(held.aliveUntil, clock.now() + graceMs);
          const user = users.get(userId);
          if (user) settle(userId, user);
        },
      };
    },

    statusOf: (userId) => users.get(userId)?.status ?? "offline",
    present: () => users.keys(),

    revoke(userId) {
      const user = users.get(userId);
      if (!user) return;
      for (const lease of user.leases) {
        lease.over = true;
        lease.aliveUntil = 0;
      }
      settle(userId, user);
    },
  };
}
