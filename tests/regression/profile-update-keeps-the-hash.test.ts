import { expect, test } from "vitest";
import { createPerson, password } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("changing a profile never puts anything but a hash in the place of the password", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  const hash = async () =>
    (await server.storage.query("select password_hash from users"))[0]?.["password_hash"];
  const signIn = async (candidate: string) =>
    (await person.call("POST", "/auth/token", { username: person.email, password: candidate })).status;

  const before = await hash();
  await person.call("PUT", "/users/me", { name: "Another Name" });
  expect(await hash()).toBe(before);
  expect(await signIn(password)).toBe(200);

  const changed = await person.call("PUT", "/users/me", {
    password: "another-password",
    current_password: password,
  });
  expect(changed.status).toBe(200);
  expect(await changed.json()).not.toHaveProperty("password");
  expect(await hash()).toMatch(/^\$argon2id\$/);
  expect(await hash()).not.toBe(before);
  expect([await signIn(password), await signIn("another-password")]).toEqual([401, 200]);
  // What is stored is not itself a password.
  expect(await signIn(String(await hash()))).toBe(401);
});
