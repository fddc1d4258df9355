import { rateLimits } from "@causerie/shared";
import { expect, test } from "vitest";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { from, limited, post } from "./callers.ts";

const { quota } = rateLimits.register.windows[0];
const register = (server: TestServer, headers: Record<string, string>) =>
  post(server, "/auth/register", {}, headers).then(({ status }) => status);
const registerOften = async (server: TestServer, address: (n: number) => string) => {
  const statuses: number[] = [];
  for (let n = 0; n <= quota; n += 1) statuses.push(await register(server, from(address(n))));
  return statuses;
};

test("X-Forwarded-For from anybody changes nothing", async () => {
  await using server = await startTestServer({ RATE_LIMIT: "on" });
  const statuses = await registerOften(server, (n) => `203.0.113.${n}`);
  expect(statuses.at(-1)).toBe(429);
});

test("X-Forwarded-For from a listed proxy tells callers apart, as far as the proxy wrote it", async () => {
  await using server = await startTestServer(limited);
  expect(await registerOften(server, (n) => `203.0.113.${n}`)).not.toContain(429);
  // What the caller had written before the proxy added its address.
  const spoofed = await registerOften(server, (n) => `198.51.100.${n}, 203.0.113.200`);
  expect(spoofed.at(-1)).toBe(429);
});

test("addresses of one IPv6 network are one caller", async () => {
  await using server = await startTestServer(limited);
  expect((await registerOften(server, (n) => `2001:db8:1:2::${n + 1}`)).at(-1)).toBe(429);
  expect(await registerOften(server, (n) => `2001:db8:1:${n + 10}::1`)).not.toContain(429);
});
