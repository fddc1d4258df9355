import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { createPerson, signIn, type Person } from "../support/people.ts";
import { startServerProcess, type ServerProcess } from "../support/server-process.ts";
import { expectUnharmed } from "./expect-unharmed.ts";
import { handshake, openRaw } from "./raw-socket.ts";

const secret = "an own secret of these tests, 1234567890";
let server: ServerProcess;
let person: Person;

beforeAll(async () => {
  server = await startServerProcess({ JWT_SECRET: secret });
  person = await createPerson(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const decode = (part: string | undefined) =>
  JSON.parse(Buffer.from(part ?? "", "base64url").toString()) as Record<string, unknown>;

const hmacs = new Map<unknown, string>([
  ["HS384", "sha384"],
  ["HS512", "sha512"],
]);

interface Forgery {
  /** Replaces the claims; a field that is undefined is left out. */
  readonly claims?: unknown;
  readonly header?: Record<string, unknown>;
  readonly key?: string;
}

/** The person's own token with something changed, signed again: by default with the true key. */
function forge({ claims = {}, header = {}, key = secret }: Forgery): string {
  const [genuineHeader, genuineClaims] = person.token.split(".");
  const head = { ...decode(genuineHeader), ...header };
  const isObject = typeof claims === "object" && claims !== null && !Array.isArray(claims);
  const signed = `${encode(head)}.${encode(isObject ? { ...decode(genuineClaims), ...claims } : claims)}`;
  const hash = hmacs.get(head["alg"]) ?? "sha256";
  return `${signed}.${createHmac(hash, key).update(signed).digest("base64url")}`;
}

const parts = () => person.token.split(".") as [string, string, string];
const flip = (text: string, at: number) => {
  const index = at < 0 ? text.length + at : at;
  return text.slice(0, index) + (text[index] === "A" ? "B" : "A") + text.slice(index + 1);
};
const unsigned = (alg: string) => `${encode({ alg, typ: "at+jwt" })}.${parts()[1]}.`;
const now = () => Math.floor(Date.now() / 1000);

const forgeries: [string, () => string][] = [
  ["no signature and alg none", () => unsigned("none")],
  ["no signature and alg None", () => unsigned("None")],
  ["no signature and alg HS256", () => unsigned("HS256")],
  ["the true signature and alg none", () => forge({ header: { alg: "none" } })],
  ["HS384", () => forge({ header: { alg: "HS384" } })],
  ["HS512", () => forge({ header: { alg: "HS512" } })],
  ["RS256 over a shared key", () => forge({ header: { alg: "RS256" } })],
  ["an unknown algorithm", () => forge({ header: { alg: "toString" } })],
  ["no algorithm", () => forge({ header: { alg: undefined } })],
  ["another key", () => forge({ key: "another key of the right length, 123456" })],
  ["an empty key", () => forge({ key: "" })],
  ["the key that everybody knows", () => forge({ key: "bryangarrix" })],
  ["a key id that leads to an empty file", () => forge({ header: { kid: "../../../dev/null" }, key: "" })],
  ["a key of its own", () => forge({ header: { jwk: { kty: "oct", k: encode("mine") } }, key: "mine" })],
  ["no expiry", () => forge({ claims: { exp: undefined } })],
  ["an expiry that is text", () => forge({ claims: { exp: String(now() + 3600) } })],
  ["an expiry that is null", () => forge({ claims: { exp: null } })],
  ["an expiry of a second ago", () => forge({ claims: { exp: now() - 1 } })],
  ["an endless expiry", () => forge({ claims: { exp: 1e300 } })],
  ["a beginning in the future", () => forge({ claims: { nbf: now() + 3600 } })],
  ["a beginning that is text", () => forge({ claims: { nbf: "0" } })],
  ["no time of issue", () => forge({ claims: { iat: undefined } })],
  ["another issuer", () => forge({ claims: { iss: "other" } })],
  ["no issuer", () => forge({ claims: { iss: undefined } })],
  ["another audience", () => forge({ claims: { aud: "other" } })],
  ["no audience", () => forge({ claims: { aud: undefined } })],
  ["the type JWT", () => forge({ header: { typ: "JWT" } })],
  ["the type of a refresh token", () => forge({ header: { typ: "rt+jwt" } })],
  ["no type", () => forge({ header: { typ: undefined } })],
  ["no subject", () => forge({ claims: { sub: undefined } })],
  ["a subject that is a number", () => forge({ claims: { sub: person.id } })],
  ["the subject 0", () => forge({ claims: { sub: "0" } })],
  ["a subject of SQL", () => forge({ claims: { sub: "1 or 1=1" } })],
  ["no session", () => forge({ claims: { sid: undefined } })],
  ["an unknown session", () => forge({ claims: { sid: randomUUID() } })],
  ["a session that is no id", () => forge({ claims: { sid: "%" } })],
  ["no id of its own", () => forge({ claims: { jti: undefined } })],
  ["an id of its own that is an object", () => forge({ claims: { jti: {} } })],
  ["claims that are null", () => forge({ claims: null })],
  ["claims that are a list", () => forge({ claims: [] })],
  ["claims that are text", () => forge({ claims: "admin" })],
  ["claims of 7,000 characters", () => forge({ claims: { aud: "x".repeat(7_000) } })],
  ["the refresh token", () => person.refreshToken],
  ["the first bit of the signature flipped", () => `${parts()[0]}.${parts()[1]}.${flip(parts()[2], 0)}`],
  ["a bit in the middle of the claims flipped", () => `${parts()[0]}.${flip(parts()[1], 40)}.${parts()[2]}`],
  ["a bit of the header flipped", () => `${flip(parts()[0], 5)}.${parts()[1]}.${parts()[2]}`],
  ["a character after its end", () => `${person.token}A`],
  ["padding after its end", () => `${person.token}=`],
  ["a fourth part", () => `${person.token}.${parts()[2]}`],
  ["two parts", () => `${parts()[0]}.${parts()[1]}`],
  ["nothing but dots", () => "..."],
  ["no JWT", () => "admin"],
  ["parts that are no JSON", () => `${encode("{")}.${encode("{")}.${encode("{")}`],
  ["a token of 8,000 characters", () => "x".repeat(8_000)],
];

/** A spelling of the signature with other bits in the part of its last character that says nothing. */
function respelledSignature(): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(person.token.slice(-1));
  return person.token.slice(0, -1) + (alphabet[last ^ 1] ?? "");
}
forgeries.push(["a signature spelled otherwise", respelledSignature]);

/** What the answer says, but for the id of the request. */
async function saying(answer: Response): Promise<string> {
  const headers = [answer.status, answer.headers.get("www-authenticate"), answer.headers.get("content-type")];
  return `${headers.join(" ")} ${(await answer.text()).replace(/"request_id":"[^"]+"/, "")}`;
}

const asking = (path: string, token: string | undefined) =>
  fetch(`${server.url}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

async function expectRefused(token: string): Promise<void> {
  for (const path of ["/users/me", "/trpc/users.me"]) {
    const answer = await saying(await asking(path, token));
    expect(answer).toMatch(/^401 Bearer /);
    expect(answer).toBe(await saying(await asking(path, undefined)));
  }
  const inUrl = encodeURIComponent(token);
  const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${inUrl}`);
  expect(await chat.closed()).toBe(4001);
  expect(chat.frames).toEqual([]);
  const activity = await openFrames(`${server.wsUrl}/users/ws/${inUrl}`);
  expect(await activity.closed()).toBe(4001);
  expect(activity.frames).toEqual([]);
  const trpc = await openFrames(`${server.wsUrl}/trpc?connectionParams=1`);
  trpc.send({ method: "connectionParams", data: { token } });
  expect(await trpc.closed()).toBe(4401);
}

describe("everywhere the same refusal meets a token with", () => {
  test.for(forgeries)("%s", async ([, token]) => {
    await expectRefused(token());
    await expectUnharmed(server, person);
  });
});

test("what is forged above from the true token differs from it in one thing only", async () => {
  expect((await asking("/users/me", forge({}))).status).toBe(200);
});

test("a token is refused after its session has ended", async () => {
  const { token, call } = await signIn(server.url, person);
  expect((await call("POST", "/auth/logout")).status).toBe(200);
  await expectRefused(token);
});

test("a token is refused after it was renewed", async () => {
  const { token, call } = await signIn(server.url, person);
  expect((await call("POST", "/auth/refresh")).status).toBe(200);
  await expectRefused(token);
});

test.for(["Basic", "Token", "Bearer Bearer", "", "Bearer,", "JWT"])(
  "the scheme %j before a true token is not Bearer",
  async (scheme) => {
    const headers = { authorization: `${scheme} ${person.token}` };
    for (const path of ["/users/me", "/trpc/users.me"]) {
      expect(await saying(await fetch(`${server.url}${path}`, { headers }))).toBe(
        await saying(await asking(path, undefined)),
      );
    }
  },
);

test("a token in the query or in a cookie is nobody's over HTTP", async () => {
  for (const path of ["/users/me", "/trpc/users.me"]) {
    for (const name of ["token", "access_token"]) {
      const answer = await fetch(`${server.url}${path}?${name}=${person.token}`, {
        headers: { cookie: `${name}=${person.token}` },
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(await answer.text()).not.toContain(person.email);
    }
  }
});

test("no token is in the log, wherever in a request it stood", async () => {
  const asked = [
    `/messages/ws?token=${person.token}`,
    `/users/ws/${person.token}`,
    `/users/me?token=${person.token}`,
  ];
  for (const path of asked) {
    await asking(path, person.token);
    using raw = openRaw(server.port, handshake(path, { Origin: "https://evil.example" }));
    await raw.closed();
  }
  await expect
    .poll(() => server.stdout.filter((line) => line.includes("[redacted]")).length)
    .toBeGreaterThan(4);
  const log = server.stdout.join("\n");
  for (const confidential of [parts()[1], parts()[2], person.refreshToken, person.email]) {
    expect(log.includes(confidential)).toBe(false);
  }
});
