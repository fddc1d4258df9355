import { expect, test, vi } from "vitest";
import type { SessionEnd } from "../../bus/bus.ts";
import { createMemoryBus } from "../../bus/memory-bus.ts";
import { systemClock } from "../../lib/clock.ts";
import { createLiveSessions } from "./live-sessions.ts";

const principal = {
  userId: 1,
  sessionId: "8b5cf3a1-6c86-4f0e-9d3e-6a2f5d1c7b90",
  tokenId: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
  expiresAt: Date.now() + 60_000,
};

const ended = (sessionId: string, end: SessionEnd = "ended") =>
  ({ type: "session.ended", sessionId, userId: 1, end }) as const;

test("a watch ends with its session, once", () => {
  const bus = createMemoryBus();
  const sessions = createLiveSessions({ bus, clock: systemClock });
  let ends = 0;
  sessions.watch(principal, () => (ends += 1));
  bus.publish(ended("another"));
  expect(ends).toBe(0);
  bus.publish(ended(principal.sessionId));
  bus.publish(ended(principal.sessionId));
  expect(ends).toBe(1);
});

test("a watch that starts just after the session ended, ends too, and is told the same", async () => {
  const bus = createMemoryBus();
  const sessions = createLiveSessions({ bus, clock: systemClock });
  bus.publish(ended(principal.sessionId, "account_deleted"));
  const end = new Promise<SessionEnd>((resolve) => void sessions.watch(principal, resolve));
  expect(await end).toBe("account_deleted");
});

test("a watch goes on when the expiry was moved, and ends at the new one", () => {
  vi.useFakeTimers();
  try {
    const sessions = createLiveSessions({ bus: createMemoryBus(), clock: systemClock });
    const renewable = { ...principal, expiresAt: Date.now() + 60_000 };
    let ends = 0;
    sessions.watch(renewable, () => (ends += 1));
    vi.advanceTimersByTime(59_000);
    renewable.expiresAt += 30_000;
    vi.advanceTimersByTime(30_000);
    expect(ends).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(ends).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});

test("a watch that was stopped says nothing", () => {
  const bus = createMemoryBus();
  const sessions = createLiveSessions({ bus, clock: systemClock });
  let ends = 0;
  sessions.watch(principal, () => (ends += 1))();
  bus.publish(ended(principal.sessionId));
  expect(ends).toBe(0);
});
