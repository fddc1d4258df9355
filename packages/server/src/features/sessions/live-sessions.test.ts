import { expect, test } from "vitest";
import { createMemoryBus } from "../../bus/memory-bus.ts";
import { systemClock } from "../../lib/clock.ts";
import { createLiveSessions } from "./live-sessions.ts";

const principal = {
  userId: 1,
  sessionId: "8b5cf3a1-6c86-4f0e-9d3e-6a2f5d1c7b90",
  tokenId: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
  expiresAt: Date.now() + 60_000,
};

test("a watch ends with its session, once", () => {
  const bus = createMemoryBus();
  const sessions = createLiveSessions({ bus, clock: systemClock });
  let ends = 0;
  sessions.watch(principal, () => (ends += 1));
  bus.publish({ type: "session.ended", sessionId: "another" });
  expect(ends).toBe(0);
  bus.publish({ type: "session.ended", sessionId: principal.sessionId });
  bus.publish({ type: "session.ended", sessionId: principal.sessionId });
  expect(ends).toBe(1);
});

test("a watch that starts just after the session ended, ends too", async () => {
  const bus = createMemoryBus();
  const sessions = createLiveSessions({ bus, clock: systemClock });
  bus.publish({ type: "session.ended", sessionId: principal.sessionId });
  await new Promise<void>((resolve) => void sessions.watch(principal, resolve));
});

test("a watch that was stopped says nothing", () => {
  const bus = createMemoryBus();
  const sessions = createLiveSessions({ bus, clock: systemClock });
  let ends = 0;
  sessions.watch(principal, () => (ends += 1))();
  bus.publish({ type: "session.ended", sessionId: principal.sessionId });
  expect(ends).toBe(0);
});
