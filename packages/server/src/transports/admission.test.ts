import { connectionLimits as rules, rateLimits } from "@causerie/shared";
import { expect, test } from "vitest";
import { createConnectionLimits } from "../realtime/connection-limits.ts";
import { createRateLimits } from "../rpc/rate-limits.ts";
import { createAdmission } from "./admission.ts";

function setUp({ sockets = 20_000, socketsPerAddress = 100, handshakes = true } = {}) {
  const connectionLimits = createConnectionLimits({ enabled: true, sockets, socketsPerAddress });
  const admit = createAdmission({ connectionLimits, rateLimits: createRateLimits(handshakes) });
  const { refusals: _refusals, ...slots } = connectionLimits;
  const held = () => Object.values(slots).map((kind) => kind.held());
  return { admit, held };
}
const addresses = (count: number) => Array.from({ length: count }, (_, n) => `10.0.${n >> 8}.${n & 255}`);

test("an address makes sixty handshakes, and then has to wait", async () => {
  const { admit } = setUp();
  const [{ quota }] = rateLimits.handshake.windows;
  for (let n = 0; n < quota; n += 1) await admit("10.0.0.1", "trpc");
  await expect(admit("10.0.0.1", "trpc")).rejects.toMatchObject({
    code: "RATE_LIMITED",
    retryAfterMs: expect.any(Number) as number,
  });
  await admit("10.0.0.2", "trpc");
});

test("all addresses together make five hundred handshakes a second; what one is refused takes nothing from it", async () => {
  const { admit } = setUp();
  const [{ quota }] = rateLimits.allHandshakes.windows;
  const [{ quota: ofOne }] = rateLimits.handshake.windows;
  const flood = await Promise.allSettled(Array.from({ length: 1_000 }, () => admit("10.9.9.9", "trpc")));
  expect(flood.filter(({ status }) => status === "fulfilled")).toHaveLength(ofOne);
  const rest = await Promise.allSettled(addresses(1_000).map((address) => admit(address, "trpc")));
  expect(rest.filter(({ status }) => status === "fulfilled")).toHaveLength(quota - ofOne);
  expect(rest.at(-1)).toMatchObject({
    reason: { code: "OVERLOADED", retryAfterMs: expect.any(Number) as number },
  });
});

test("an address that may have more sockets still has at most a hundred that belong to nobody", async () => {
  const { admit } = setUp({ socketsPerAddress: 1_000, handshakes: false });
  const seats = [];
  for (let n = 0; n < rules.unauthenticatedPerAddress; n += 1) seats.push(await admit("10.0.0.1", "trpc"));
  await expect(admit("10.0.0.1", "trpc")).rejects.toMatchObject({ code: "RATE_LIMITED" });
  expect(seats[0]?.belongTo(1)).toBe(true);
  await admit("10.0.0.1", "trpc");
});

test("whatever a seat held is given back, once, and a refused one holds nothing", async () => {
  const { admit, held } = setUp({ sockets: 300, socketsPerAddress: 3, handshakes: false });
  const asked = addresses(200).flatMap((address) => Array.from({ length: 4 }, () => admit(address, "chat")));
  const seats = (await Promise.allSettled(asked)).flatMap((one) =>
    one.status === "fulfilled" ? [one.value] : [],
  );
  expect(seats).toHaveLength(300);
  seats.forEach((seat, n) => seat.belongTo(n % 7));
  for (const seat of seats) {
    seat.leave();
    seat.leave();
  }
  expect(held()).toEqual([0, 0, 0, 0, 0]);
});
