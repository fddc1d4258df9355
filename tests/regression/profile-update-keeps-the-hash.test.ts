import { expect, test } from "vitest";
import { query } from "../support/data-folder.ts";
import { createPerson, password } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("changing a profile never puts anything but a hash in the place of the password", async () => {
  await using server = await startTestServer();
  const person = await createPerson(server.url);
  const hash = () => query(server.dataDir, "select password_hash from users")[0]?.["password_hash"];
  const signIn = async (candidate: string) =>
    (await person.call("POST", "/auth/token", { username: person.email, password: candidate })).status;

  const before = hash();
  await person.call("PUT", "/users/me", { name: "Another Name" });
  expect(hash()).toBe(before);
  expect(await signIn(password)).toBe(200);

  const changed = await person.call("PUT", "/users/me", {
    password: "another-password",
    current_password: password,
  });
  expect(changed.status).toBe(200);
  expect(await changed.json()).not.toHaveProperty("password");
  expect(hash()).toMatch(/^\$argon2id\$/);
  expect(hash()).not.toBe(before);
  expect([await signIn(password), await signIn("another-password")]).toEqual([401, 200]);
  // What is stored is not itself a password.
  expect(await signIn(String(hash()))).toBe(401);
});
