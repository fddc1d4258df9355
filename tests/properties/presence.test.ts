import { limits, type UserStatus, type WatchEvent } from "@causerie/shared";
import { expect } from "vitest";
import { createMemoryBus } from "../../packages/server/src/bus/memory-bus.ts";
import {
  createPresenceService,
  type PresenceHandle,
} from "../../packages/server/src/features/presence/index.ts";
import { createVirtualClock } from "@causerie/server/testing";
import { testRandomly, type Random } from "./support/random.ts";

const users = Array.from({ length: 12 }, (_, n) => n + 1);
const steps = 2_000;
const [leaseMs, graceMs, inactiveAfterMs] = [4_000, 300, 2_000];

/** A socket as the model knows it: what a reader of the rules would say of it. */
interface Socket {
  readonly userId: number;
  readonly handle: PresenceHandle;
  activeUntil: number;
  aliveUntil: number;
}

interface Watcher {
  readonly view: Map<number, UserStatus>;
  /** When each user's changes came. */
  readonly changes: Map<number, number[]>;
  stop(): void;
}

testRandomly(
  "each watcher ends with what is true, told at most once a second",
  20,
  async (random: Random) => {
    const clock = createVirtualClock(0);
    const presence = createPresenceService({
      ...{ bus: createMemoryBus(), clock, leaseMs, inactiveAfterMs },
      offlineGraceMs: graceMs,
    });
    const open: Socket[] = [];
    const ended: Socket[] = [];
    const watchers: Watcher[] = [];

    function truth(userId: number): UserStatus {
      const now = clock.now();
      const alive = [...open, ...ended].filter((one) => one.userId === userId && one.aliveUntil > now);
      if (alive.some((one) => one.activeUntil > now)) return "online";
      return alive.length > 0 ? "inactive" : "offline";
    }

    function watch(): void {
      const view = new Map<number, UserStatus>();
      const changes = new Map<number, number[]>();
      const watched = users.filter(() => random.happens(0.5));
      const hear = (event: WatchEvent, key: string) => {
        if (event.type !== "presence.changed") throw new Error(`Nobody sent ${event.type}.`);
        expect(key).toBe(`user:${event.user_id}`);
        // Only of those who are watched, and only changes.
        expect(watched).toContain(event.user_id);
        expect(view.get(event.user_id)).not.toBe(event.status);
        view.set(event.user_id, event.status);
        changes.set(event.user_id, [...(changes.get(event.user_id) ?? []), clock.now()]);
      };
      const { states, stop } = presence.watch(100, watched, hear);
      for (const { user_id, status } of states) {
        expect(status).toBe(truth(user_id));
        view.set(user_id, status);
      }
      watchers.push({ view, changes, stop });
    }

    function join(): void {
      const userId = random.pick(users);
      const handle = presence.join(userId, String(clock.now()), { announce: random.happens(0.3) });
      const now = clock.now();
      open.push({ userId, handle, activeUntil: now + inactiveAfterMs, aliveUntil: now + leaseMs });
    }

    function act(): void {
      if (open.length === 0 || random.happens(0.35)) return join();
      const socket = random.pick(open);
      const now = clock.now();
      const kind = random.below(3);
      if (kind === 0) {
        socket.handle.leave();
        open.splice(open.indexOf(socket), 1);
        ended.push(socket);
        socket.aliveUntil = Math.min(socket.aliveUntil, now + graceMs);
        return;
      }
      socket.aliveUntil = now + leaseMs;
      if (kind === 1) {
        socket.handle.touch();
        socket.activeUntil = now + inactiveAfterMs;
      } else socket.handle.renew();
    }

    function pass(ms: number): void {
      for (let step = 0; step < ms; step += 10) clock.skip(10);
    }

    for (let step = 0; step < steps; step += 1) {
      if (random.happens(0.02)) watch();
      if (watchers.length > 0 && random.happens(0.005))
        watchers.splice(random.below(watchers.length), 1)[0]!.stop();
      act();
      pass(random.below(12) * 10);
      const userId = random.pick(users);
      expect(presence.isOnline(userId)).toBe(truth(userId) !== "offline");
    }
    // What changes by itself meanwhile comes with a batch of its own.
    pass(leaseMs + inactiveAfterMs + 2 * limits.presenceBatchMs);
    for (let n = 0; n < 5; n += 1) join();
    pass(limits.presenceBatchMs + 10);
    expect(presence.onlineUsers()).toEqual(users.filter((userId) => truth(userId) !== "offline"));
    expect(watchers.length).toBeGreaterThan(0);
    for (const { view, changes } of watchers) {
      for (const [userId, status] of view) expect([userId, status]).toEqual([userId, truth(userId)]);
      for (const times of changes.values())
        times.forEach(
          (at, n) => n > 0 && expect(at - times[n - 1]!).toBeGreaterThanOrEqual(limits.presenceBatchMs),
        );
    }
  },
);
