import {
  limits,
  type ActiveUsers,
  type PresenceEvent,
  type UserStatus,
  type WatchEvent,
} from "@causerie/shared";
import type { Bus } from "../../bus/bus.ts";
import { isoTime, type Clock } from "../../lib/clock.ts";
import type { KeyedListener } from "../../realtime/keyed-listener.ts";
import { createListeners } from "../../realtime/listeners.ts";
import { createLeases } from "./leases.ts";
import { createWatchers, type WatchedState } from "./watchers.ts";

export interface PresenceDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  /** How long a socket counts after its last sign of life; ms. */
  readonly leaseMs?: number;
  /** How long a user stays online after the last socket closed; ms. */
  readonly offlineGraceMs?: number;
  /** After how long without a frame a user counts as inactive; ms. */
  readonly inactiveAfterMs?: number;
}

export interface JoinOptions {
  /** Says `online` to everybody even if the user was, as the activity socket does. */
  readonly announce?: boolean;
  /** For streams, whose readers show no sign of life: counts until it leaves. */
  readonly standing?: boolean;
}

/** One live socket of a user, as presence sees it. */
export interface PresenceHandle {
  /** Any frame came in: the user is active. */
  touch(): void;
  /** Another sign of life, such as a pong: the user is there. */
  renew(): void;
  /** The socket is gone. */
  leave(): void;
}

export interface PresenceService {
  /**
   * Counts a socket. The user is online while any is open and lives, and for a moment after;
   * `inactive` when none has brought a frame for minutes.
   */
  join(userId: number, socketId: string, options?: JoinOptions): PresenceHandle;
  /** The ids of the users who are online, in order. */
  onlineUsers(): number[];
  isOnline(userId: number): boolean;
  activeUsers(): ActiveUsers;
  /** Says again to everybody else that the user is online. */
  announce(userId: number, socketId: string): void;
  /** Sends a text to every user who listens or watches; returns how many they are. */
  broadcast(from: { readonly id: number; readonly name: string }, message: string): number;
  /**
   * Hears every change of everybody at once, and broadcasts. `exceptSocket` names the socket that
   * caused one. It costs what everybody does: who shows a few people watches them.
   */
  subscribe(userId: number, listener: PresenceListener): () => void;
  /** Hears the changes of these users, gathered for a second, and broadcasts. */
  watch(
    userId: number,
    userIds: readonly number[],
    listener: KeyedListener<WatchEvent>,
  ): { readonly states: WatchedState[]; stop(): void };
}

export type PresenceListener = (
  event: PresenceEvent,
  exceptSocket: string | undefined,
  /** Of events with one key only the last counts. */
  key: string,
) => void;

export function createPresenceService(deps: PresenceDeps): PresenceService {
  const { bus, clock } = deps;
  const everybody = createListeners<PresenceListener>();
  const watching = createListeners<KeyedListener<WatchEvent>>();
  const leases = createLeases({
    clock,
    leaseMs: deps.leaseMs ?? limits.leaseMs,
    graceMs: deps.offlineGraceMs ?? limits.offlineGraceMs,
    inactiveAfterMs: deps.inactiveAfterMs ?? limits.inactiveAfterMs,
    onChange: publish,
  });
  const watchers = createWatchers({ clock, statusOf: leases.statusOf });
  let broadcasts = 0;

  bus.subscribe((signal) => {
    if (signal.type === "session.ended" && signal.end === "account_deleted") leases.revoke(signal.userId);
    if (signal.type === "presence") hear(signal.event, signal.exceptSocket);
  });

  function hear(event: PresenceEvent, exceptSocket: string | undefined): void {
    switch (event.type) {
      case "presence.changed":
        everybody.forEach((tell) => tell(event, exceptSocket, `user:${event.user_id}`));
        watchers.changed(event.user_id);
        return;
      case "broadcast": {
        broadcasts += 1;
        // Each counts, so none has the key of another.
        const key = `broadcast:${broadcasts}`;
        everybody.forEach((tell) => tell(event, exceptSocket, key));
        watching.forEach((tell) => tell(event, key));
        return;
      }
      case "presence.snapshot":
        throw new Error("A snapshot is for one listener and does not go over the bus.");
    }
  }

  function publish(userId: number, status: UserStatus, exceptSocket?: string): void {
    bus.publish({
      type: "presence",
      event: { type: "presence.changed", user_id: userId, status, timestamp: isoTime(clock.now()) },
      ...(exceptSocket === undefined ? {} : { exceptSocket }),
    });
  }

  const onlineUsers = () => [...leases.present()].sort((a, b) => a - b);

  return {
    join(userId, socketId, { announce = false, standing = false } = {}) {
      const wasOnline = leases.statusOf(userId) === "online";
      const { touch, renew, end } = leases.take(userId, socketId, { standing });
      if (announce && wasOnline) publish(userId, "online", socketId);
      return { touch, renew, leave: end };
    },

    onlineUsers,
    isOnline: (userId) => leases.statusOf(userId) !== "offline",

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
      return new Set([...everybody.users(), ...watching.users()]).size;
    },

    subscribe: everybody.add,

    watch(userId, userIds, listener) {
      const { states, stop } = watchers.add(userIds, listener);
      const deafen = watching.add(userId, listener);
      return {
        states,
        stop() {
          stop();
          deafen();
        },
      };
    },
  };
}
