import { expect, test } from "vitest";
import { createPerson, password } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

test("nothing stored holds a password, whichever way it came in", async () => {
  await using server = await startTestServer({}, { realPasswordHashing: true });
  const person = await createPerson(server.url);
  const changed = "canary-of-a-changed-password";
  await person.call("PUT", "/users/me", { password: changed, current_password: password });
  await person.call("POST", "/auth/token", { username: person.email, password: changed });

  const bytes = await server.storage.contents();
  expect(bytes).toContain(person.email);
  expect(bytes).not.toContain(password);
  expect(bytes).not.toContain(changed);
  const [row] = await server.storage.query("select password_hash from users");
  expect(row?.["password_hash"]).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
});

test("an account is made by registering and in no other way", async () => {
  await using server = await startTestServer();
  const { call } = await createPerson(server.url);
  const account = { name: "x", email: "x@example.com", password };
  for (const path of ["/users", "/users/", "/user", "/user/"]) {
    const anonymous = await fetch(server.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(account),
    });
    expect([404, 405]).toContain(anonymous.status);
    expect([404, 405]).toContain((await call("POST", path, account)).status);
  }
  expect(await server.storage.query("select count(*) as count from users")).toEqual([{ count: 1 }]);
});
