import { limits, type ActiveUsers, type PresenceEvent, type UserStatus } from "@causerie/shared";
import type { Bus } from "../../bus/bus.ts";
import { isoTime, type Clock } from "../../lib/clock.ts";

export interface PresenceDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  /** How long a user stays online after the last socket closed; ms. */
  readonly offlineGraceMs?: number;
  /** After how long without a frame a user counts as inactive; ms. */
  readonly inactiveAfterMs?: number;
}

/** One live socket of a user, as presence sees it. */
export interface PresenceHandle {
  /** Any frame came in: the user is active. */
  touch(): void;
  /** The socket is gone. */
  leave(): void;
}

export interface PresenceService {
  /**
   * Counts a socket. The user is online while any is open, and for a moment after. Others
   * hear of the first one; of every one with `announce`, as the activity socket does.
   */
  join(userId: number, socketId: string, options?: { readonly announce?: boolean }): PresenceHandle;
  /** The ids of the users who are online, in order. */
  onlineUsers(): number[];
  isOnline(userId: number): boolean;
  activeUsers(): ActiveUsers;
  /** Says again to everybody else that the user is online. */
  announce(userId: number, socketId: string): void;
  /** Sends a text to every user who listens; returns how many they are. */
  broadcast(from: { readonly id: number; readonly name: string }, message: string): number;
  /** Hears ephemeral events on behalf of a user. `exceptSocket` names the socket that caused one. */
  subscribe(userId: number, listener: PresenceListener): () => void;
}

export type PresenceListener = (event: PresenceEvent, exceptSocket: string | undefined) => void;

interface OnlineUser {
  sockets: Set<string>;
  inactive: boolean;
  cancelInactivity: () => void;
  cancelOffline: () => void;
}

const nothing = () => undefined;

export function createPresenceService(deps: PresenceDeps): PresenceService {
  const {
    bus,
    clock,
    offlineGraceMs = limits.offlineGraceMs,
    inactiveAfterMs = limits.inactiveAfterMs,
  } = deps;
  const online = new Map<number, OnlineUser>();
  const listeners = new Map<number, Set<PresenceListener>>();

  bus.subscribe((signal) => {
    if (signal.type === "session.ended" && signal.end === "account_deleted") forget(signal.userId);
    if (signal.type !== "presence") return;
    for (const ofUser of listeners.values()) {
      for (const listener of ofUser) listener(signal.event, signal.exceptSocket);
    }
  });

  function publish(userId: number, status: UserStatus, exceptSocket?: string): void {
    bus.publish({
      type: "presence",
      event: { type: "presence.changed", user_id: userId, status, timestamp: isoTime(clock.now()) },
      ...(exceptSocket === undefined ? {} : { exceptSocket }),
    });
  }

  function touch(userId: number, user: OnlineUser, socketId: string): void {
    if (online.get(userId) !== user) return;
    user.cancelInactivity();
    user.cancelInactivity = clock.after(inactiveAfterMs, () => {
      user.inactive = true;
      publish(userId, "inactive");
    });
    if (!user.inactive) return;
    user.inactive = false;
    publish(userId, "online", socketId);
  }

  function leave(userId: number, user: OnlineUser, socketId: string): void {
    if (!user.sockets.delete(socketId) || user.sockets.size > 0) return;
    user.cancelOffline = clock.after(offlineGraceMs, () => {
      user.cancelInactivity();
      online.delete(userId);
      publish(userId, "offline");
    });
  }

  /** Who does not exist any more is offline at once, whatever their sockets do. */
  function forget(userId: number): void {
    const user = online.get(userId);
    if (!user) return;
    user.cancelInactivity();
    user.cancelOffline();
    user.sockets.clear();
    online.delete(userId);
    publish(userId, "offline");
  }

  const onlineUsers = () => [...online.keys()].sort((a, b) => a - b);

  return {
    join(userId, socketId, { announce = false } = {}) {
      const known = online.get(userId);
      const user = known ?? {
        sockets: new Set<string>(),
        inactive: false,
        cancelInactivity: nothing,
        cancelOffline: nothing,
      };
      user.cancelOffline();
      user.sockets.add(socketId);
      online.set(userId, user);
      const wasInactive = user.inactive;
      touch(userId, user, socketId);
      if (!known || (announce && !wasInactive)) publish(userId, "online", socketId);
      return {
        touch: () => touch(userId, user, socketId),
        leave: () => leave(userId, user, socketId),
      };
    },

    onlineUsers,
    isOnline: (userId) => online.has(userId),

    activeUsers() {
      const ids = onlineUsers();
      return { active_users: ids, count: ids.length, timestamp: isoTime(clock.now()) };
    },

    announce: (userId, socketId) => publish(userId, "online", socketId),

    broadcast(from, message) {
      bus.publish({
        type: "presence",
        event: {
          type: "broadcast",
          from_user_id: from.id,
          from_user: from.name,
          message,
          timestamp: isoTime(clock.now()),
        },
      });
      return listeners.size;
    },

    subscribe(userId, listener) {
      const ofUser = listeners.get(userId) ?? new Set();
      ofUser.add(listener);
      listeners.set(userId, ofUser);
      return () => {
        ofUser.delete(listener);
        if (ofUser.size === 0 && listeners.get(userId) === ofUser) listeners.delete(userId);
      };
    },
  };
}
