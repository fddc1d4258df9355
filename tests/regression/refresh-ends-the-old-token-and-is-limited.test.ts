import { expect, test } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("a renewed bearer token is refused from then on, and cannot be renewed again", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  expect((await person.call("POST", "/auth/refresh")).status).toBe(200);
  expect((await person.call("GET", "/auth/me")).status).toBe(401);
  expect((await person.call("POST", "/auth/refresh")).status).toBe(401);
  expect((await person.call("POST", "/messages/", { receiver_id: null, content: "x" })).status).toBe(401);
});

test("renewals are limited, and the refusal says when to come back", async () => {
  await using server = await startTestServer({ RATE_LIMIT: "on" });
  const person = await createPerson(server.url);
  const refresh = () => person.call("POST", "/auth/refresh", { refresh_token: "nonsense" });
  const statuses = await Promise.all(
    Array.from({ length: 61 }, () => refresh().then(({ status }) => status)),
  );
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  expect(Number((await refresh()).headers.get("retry-after"))).toBeGreaterThan(0);
});
