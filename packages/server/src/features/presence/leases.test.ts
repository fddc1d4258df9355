import { expect, test } from "vitest";
import { createVirtualClock } from "../../testing/index.ts";
import { createLeases } from "./leases.ts";

const [leaseMs, graceMs, inactiveAfterMs] = [40_000, 3_000, 300_000];

function start() {
  const clock = createVirtualClock(0);
  const heard: string[] = [];
  const leases = createLeases({
    ...{ clock, leaseMs, graceMs, inactiveAfterMs },
    onChange: (userId, status, socketId) => heard.push(`${userId} ${status} ${socketId ?? "-"}`),
  });
  /** In steps, so that what a task starts falls due in its turn. */
  const pass = (ms: number) => {
    for (let step = 0; step < ms; step += 500) clock.skip(500);
  };
  return { leases, heard, pass };
}

test("a lease lapses by itself when nothing renews it, even if nobody says that the socket is gone", () => {
  const { leases, heard, pass } = start();
  leases.take(1, "a");
  pass(leaseMs - 500);
  expect(leases.statusOf(1)).toBe("online");
  pass(500);
  expect(leases.statusOf(1)).toBe("offline");
  expect(heard).toEqual(["1 online a", "1 offline -"]);
});

test("signs of life renew it; one that comes after it lapsed takes it again", () => {
  const { leases, heard, pass } = start();
  const lease = leases.take(1, "a");
  for (let n = 0; n < 5; n += 1) {
    pass(25_000);
    lease.renew();
  }
  expect(heard).toEqual(["1 online a"]);
  pass(leaseMs);
  expect(leases.statusOf(1)).toBe("offline");
  lease.renew();
  expect(leases.statusOf(1)).toBe("online");
  expect([...leases.present()]).toEqual([1]);
});

test("a frame makes active, a pong only there", () => {
  const { leases, heard, pass } = start();
  const lease = leases.take(1, "a");
  for (let at = 0; at < inactiveAfterMs; at += 25_000) {
    pass(25_000);
    lease.renew();
  }
  expect(leases.statusOf(1)).toBe("inactive");
  lease.touch();
  expect(heard).toEqual(["1 online a", "1 inactive -", "1 online a"]);
});

test("one that was revoked is over at once, and its socket cannot take it again", () => {
  const { leases, heard, pass } = start();
  const lease = leases.take(1, "a");
  leases.revoke(1);
  lease.touch();
  lease.renew();
  lease.end();
  pass(leaseMs);
  expect(heard).toEqual(["1 online a", "1 offline -"]);
  expect([...leases.present()]).toEqual([]);
});

test("a standing lease holds until it is ended", () => {
  const { leases, pass } = start();
  const lease = leases.take(1, "a", { standing: true });
  pass(2 * inactiveAfterMs);
  expect(leases.statusOf(1)).toBe("inactive");
  lease.end();
  pass(graceMs);
  expect(leases.statusOf(1)).toBe("offline");
});
