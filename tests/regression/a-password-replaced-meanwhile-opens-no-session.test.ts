import { expect, test } from "vitest";
import { createPerson, password, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

/**
 * Calls `path` while four others sign in again and again, so that some have read the user before
 * the call is done, and are done with the password after it.
 */
async function signInDuring(person: Person, path: string, body: object): Promise<void> {
  let done = false;
  const call = person.call("POST", path, body).finally(() => (done = true));
  const others = Array.from({ length: 4 }, async () => {
    while (!done) await person.call("POST", "/auth/token", { username: person.email, password });
  });
  expect((await call).status).toBe(200);
  await Promise.all(others);
}

const liveSessions = async ({ storage }: TestServer, { id }: Person) =>
  (await storage.query(`select id from sessions where user_id = ${id} and revoked_at is null`)).length;

test("the old password opens nothing while it is replaced", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  await signInDuring(person, "/auth/password", {
    current_password: password,
    new_password: "another-password",
  });
  expect(await liveSessions(server, person)).toBe(1);
});

test("a deleted account has no session, whoever was just signing in", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  await signInDuring(person, "/users/me/delete", { current_password: password });
  expect(await liveSessions(server, person)).toBe(0);
});

test("a deleted account gets no new name, whoever was just changing it", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  const deletion = person.call("POST", "/users/me/delete", { current_password: password });
  const change = person.call("PUT", "/users/me", {
    name: "Risen",
    email: "risen@example.com",
    current_password: password,
  });
  expect((await deletion).status).toBe(200);
  await change;
  expect(await server.storage.query("select name, email from users")).toEqual([{ name: "", email: "" }]);
});
