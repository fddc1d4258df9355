import { expect, test } from "vitest";
import { createPerson, signIn, type Person } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { createVirtualClock } from "@causerie/server/testing";

const renew = async (person: Person) => {
  const answer = await person.call("POST", "/auth/refresh");
  return ((await answer.json()) as { access_token: string }).access_token;
};

test("nothing stored holds a token, revoked or not", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  const renewed = await renew(person);
  const other = await signIn(server.url, person);
  await other.call("POST", "/auth/logout");

  const bytes = await server.storage.contents();
  const secrets = [person.token, renewed, other.token].map((token) => token.split(".").at(-1)!);
  secrets.push(...[person, other].map(({ refreshToken }) => refreshToken.split(".").at(-1)!));
  for (const secret of secrets) expect(bytes).not.toContain(secret);
});

test("what was revoked is forgotten once it would have expired anyway", async () => {
  const clock = createVirtualClock();
  await using server = await startTestServer({ SEED_TOKEN_TTL: "1h", REFRESH_TOKEN_TTL: "2h" }, { clock });
  const person = await createPerson(server.url);
  const counts = async () => {
    const select =
      "select (select count(*) from revoked_tokens) as tokens, count(*) as sessions from sessions";
    return (await server.storage.query(select))[0];
  };
  for (let n = 0; n < 5; n += 1) await renew(await signIn(server.url, person));
  expect(await counts()).toEqual({ tokens: 5, sessions: 6 });

  clock.skip(3 * 3600_000);
  await renew(await signIn(server.url, person));
  expect(await counts()).toEqual({ tokens: 1, sessions: 1 });
});
