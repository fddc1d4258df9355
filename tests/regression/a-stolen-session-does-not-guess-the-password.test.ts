import { expect, test } from "vitest";
import { createPerson, signIn } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("wrong passwords given with a session wait too, and keep nobody from signing in", async () => {
  await using server = await startTestServer({ RATE_LIMIT: "on" });
  const person = await createPerson(server.url);
  const guess = (n: number) =>
    person.call("POST", "/auth/password", {
      current_password: `guess ${n}`,
      new_password: "another password",
    });
  for (let n = 0; n < 5; n += 1) expect((await guess(n)).status).toBe(422);
  const refused = await guess(5);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await signIn(server.url, person)).token).toBeTruthy();
});
