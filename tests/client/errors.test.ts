import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { CauserieError, createCalls, createClient } from "@causerie/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPerson, password } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { failure, signedInClient } from "./signed-in-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

test("carries the server's code, status and sentence", async () => {
  const { client } = await signedInClient(server.url);
  const error = await failure(client.users.get({ user_id: 999_999 }));
  expect(error).toBeInstanceOf(CauserieError);
  expect(error).toMatchObject({
    code: "NOT_FOUND",
    status: 404,
    message: "There is no such user.",
    issues: [],
    retryAfterMs: undefined,
  });
});

test("names each fault of an input and its field", async () => {
  const { client } = await signedInClient(server.url);
  const error = await failure(client.messages.send({ receiver_id: null, content: "   " }));
  expect(error).toMatchObject({
    code: "VALIDATION_FAILED",
    status: 422,
    issues: [{ loc: ["body", "content"], msg: "must not be blank", type: "value_error" }],
  });
});

test("tells wrong credentials from a missing sign-in", async () => {
  const person = await createPerson(server.url);
  const client = createClient({ url: server.url });
  const login = client.auth.login({ email: person.email, password: "wrong-password" });
  expect(await failure(login)).toMatchObject({ code: "INVALID_CREDENTIALS", status: 401 });
  expect(await failure(client.auth.me())).toMatchObject({ code: "UNAUTHORIZED", status: 401 });
});

test("says how long to wait when there were too many calls", async () => {
  await using limited = await startTestServer({ RATE_LIMIT: "on" });
  const client = createClient({ url: limited.url });
  const attempts = Array.from({ length: 21 }, () =>
    client.auth.login({ email: "nobody@example.com", password }),
  );
  const codes = await Promise.all(attempts.map(failure));
  const refusal = codes.find((error) => error instanceof CauserieError && error.code === "RATE_LIMITED");
  expect(refusal).toMatchObject({ status: 429, retryAfterMs: expect.any(Number) });
});

test("answers NETWORK when nothing listens there", async () => {
  const calls = createCalls({ url: "http://127.0.0.1:9" });
  expect(await failure(calls.auth.me())).toMatchObject({ code: "NETWORK", status: undefined });
});

test.each([
  ["JSON", "application/json", '{"hello":"world"}'],
  ["a page", "text/html", "<h1>502 Bad Gateway</h1>"],
])("answers BAD_RESPONSE when something else answers with %s", async (_what, type, body) => {
  const other = createServer((_request, response) => {
    response.writeHead(502, { "content-type": type }).end(body);
  });
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const calls = createCalls({ url: `http://127.0.0.1:${(other.address() as AddressInfo).port}` });
  expect(await failure(calls.auth.me())).toMatchObject({ code: "BAD_RESPONSE" });
  other.close();
});

test("answers ABORTED when the caller aborts", async () => {
  const { client } = await signedInClient(server.url);
  const controller = new AbortController();
  const listing = client.messages.list({}, { signal: controller.signal });
  controller.abort();
  expect(await failure(listing)).toMatchObject({ code: "ABORTED" });
});

test("hands on what a failing token function threw", async () => {
  const cause = new Error("the vault is locked");
  const client = createClient({ url: server.url, token: () => Promise.reject(cause) });
  expect(await failure(client.auth.me())).toMatchObject({ code: "NO_TOKEN", cause });
});
