import { createHmac } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readConfig } from "@causerie/server";
import { expect, test } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

const profile = (url: string, token: string) =>
  fetch(`${url}/auth/me`, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status);

/** The same token, signed with another key. */
function resign(token: string, key: string): string {
  const [header, payload] = token.split(".");
  const signature = createHmac("sha256", key).update(`${header}.${payload}`).digest("base64url");
  return `${header}.${payload}.${signature}`;
}

test("every installation has a secret of its own, which only its owner can read", async () => {
  await using one = await startTestServer();
  await using other = await startTestServer();
  const [atOne, atOther] = [await createPerson(one.url), await createPerson(other.url)];
  expect(atOne.id).toBe(atOther.id);
  expect([await profile(one.url, atOne.token), await profile(other.url, atOne.token)]).toEqual([200, 401]);
  expect((await stat(join(one.storage.dataDir, "jwt-secret"))).mode & 0o777).toBe(0o600);
});

test("a token signed with a secret that everybody knows is refused", async () => {
  await using server = await startTestServer();
  const { token } = await createPerson(server.url);
  for (const key of ["bryangarrix", "secret", "changeme", ""]) {
    expect(await profile(server.url, resign(token, key))).toBe(401);
  }
});

test("a token that claims to need no signature is refused", async () => {
  await using server = await startTestServer();
  const { token } = await createPerson(server.url);
  const [, payload] = token.split(".");
  const header = Buffer.from(JSON.stringify({ alg: "none", typ: "at+jwt" })).toString("base64url");
  expect(await profile(server.url, `${header}.${payload}.`)).toBe(401);
});

test("a secret that is short, common or repetitive is refused at the start", () => {
  for (const secret of [
    "bryangarrix",
    "your-256-bit-secret",
    "short",
    "a".repeat(64),
    "changeme".repeat(8),
  ]) {
    expect(() => readConfig({ JWT_SECRET: secret })).toThrow("JWT_SECRET");
  }
});
