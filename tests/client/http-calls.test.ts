import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { createHttpCalls } from "../../packages/client/src/connection/http-calls.ts";
import { createVirtualClock } from "../../packages/client/src/testing/virtual-clock.ts";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { mutation, query } from "./open-link.ts";
import { failure } from "./signed-in-client.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Calls to the server at `url`, and the requests that they made. */
function createCalls(url: string, token?: string | ((refused?: string) => Promise<string | undefined>)) {
  const clock = createVirtualClock();
  const requests: string[] = [];
  const countingFetch: typeof fetch = async (input, init) => {
    requests.push(`${init?.method} ${new URL(input as string).pathname}`);
    return await fetch(input, init);
  };
  const ask = typeof token === "function" ? token : async () => token;
  const call = createHttpCalls({ url: `${url}/trpc`, token: ask, fetch: countingFetch, clock });
  return { call, clock, requests };
}

test("the queries of a turn are one request; each mutation is one of its own", async () => {
  await using server = await startTestServer();
  const { token } = await createPerson(server.url);
  const { call, requests } = createCalls(server.url, token);
  const send = (content: string) => call(mutation("messages.send", { receiver_id: null, content }));
  await Promise.all([call(query("users.me")), send("a"), call(query("auth.me")), send("b")]);
  expect(requests.toSorted()).toEqual([
    "GET /trpc/users.me,auth.me",
    "POST /trpc/messages.send",
    "POST /trpc/messages.send",
  ]);
});

test.each([
  ["no answer comes", () => {}],
  ["only a part of the answer comes", (_request, response) => void response.writeHead(200).write("[{")],
] satisfies [string, RequestListener][])(
  "when %s, the call fails with NETWORK after 30 s",
  async (_what, answer) => {
    let open = 0;
    const url = await serve((request, response) => {
      open += 1;
      response.on("close", () => (open -= 1));
      answer(request, response);
    });
    const { call, clock } = createCalls(url);
    const outcome = failure(call(query("users.me")));
    await expect.poll(() => open).toBe(1);
    await clock.advance(29_999);
    expect(await Promise.race([outcome, Promise.resolve("waiting")])).toBe("waiting");
    await clock.advance(1);
    expect(await outcome).toMatchObject({ code: "NETWORK" });
    await expect.poll(() => open).toBe(0);
  },
);

test("an answer that breaks off is NETWORK, as nobody knows what it would have said", async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).write("[{");
    setTimeout(() => response.destroy(), 20);
  });
  expect(await failure(createCalls(url).call(query("users.me")))).toMatchObject({ code: "NETWORK" });
});

test("what the server refuses before it looks at the call has the server's code", async () => {
  const body = {
    ...{ type: "about:blank", title: "Too many requests", status: 429, instance: "/trpc", request_id: "1" },
    ...{ detail: "Too many requests.", code: "RATE_LIMITED", retry_after_ms: 1_500 },
  };
  const url = await serve((_request, response) => {
    response.writeHead(429, { "content-type": "application/problem+json" }).end(JSON.stringify(body));
  });
  const { call } = createCalls(url);
  for (const request of [query("users.me"), mutation("auth.logout")]) {
    expect(await failure(call(request))).toMatchObject({
      code: "RATE_LIMITED",
      message: body.detail,
      status: 429,
      retryAfterMs: 1_500,
    });
  }
});

test("calls whose token the server does not take are made once more, with the token that follows it", async () => {
  await using server = await startTestServer();
  const { token, id } = await createPerson(server.url);
  const refused: (string | undefined)[] = [];
  const { call, requests } = createCalls(server.url, async (stale) => {
    refused.push(stale);
    return stale === undefined ? "stale" : token;
  });
  const me = { id };
  expect(await Promise.all([call(query("users.me")), call(query("auth.me"))])).toMatchObject([me, me]);
  expect(requests).toEqual(["GET /trpc/users.me,auth.me", "GET /trpc/users.me,auth.me"]);
  expect(await call(mutation("messages.send", { receiver_id: null, content: "once" }))).toMatchObject({
    content: "once",
  });
  expect(refused).toEqual([undefined, "stale", undefined, "stale"]);
  expect(await call(query("messages.list", {}))).toHaveLength(1);
});

test("a call is made once more at most, and not at all with the same token or without one", async () => {
  await using server = await startTestServer();
  let number = 0;
  const never = createCalls(server.url, async () => `stale ${(number += 1)}`);
  expect(await failure(never.call(query("users.me")))).toMatchObject({ code: "UNAUTHORIZED" });
  expect(never.requests).toHaveLength(2);

  const same = createCalls(server.url, "stale");
  expect(await failure(same.call(query("users.me")))).toMatchObject({
    code: "UNAUTHORIZED",
    data: { path: "users.me" },
  });
  const signedOut = createCalls(server.url);
  expect(await failure(signedOut.call(query("users.me")))).toMatchObject({ code: "UNAUTHORIZED" });
  const refresh = mutation("auth.refresh", { refresh_token: "unknown", attempt_id: "a".repeat(24) });
  const withToken = createCalls(server.url, async () => expect.unreachable("no token is needed"));
  expect(await failure(withToken.call(refresh))).toMatchObject({ code: "UNAUTHORIZED" });
  expect([same, signedOut, withToken].map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
});

test("after CSRF_TOKEN_INVALID the cookie is read again, and the call made once more", async () => {
  await using server = await startTestServer();
  const { email, password } = await createPerson(server.url);
  const { origin } = new URL(server.url);
  const signIn = await fetch(`${server.url}/trpc/auth.cookie.login`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ email, password }),
  });
  const pairs = signIn.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
  const csrf = pairs.find((pair) => pair.startsWith("causerie_csrf="));
  const seen = ["causerie_csrf=of-an-earlier-session", csrf];
  vi.stubGlobal("location", { origin });
  vi.stubGlobal("document", {
    get cookie() {
      return seen.length > 1 ? seen.shift() : seen[0];
    },
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  let requests = 0;
  // As a browser does: it sends cookies and names the page's origin by itself.
  const asPage: typeof fetch = async (input, init) => {
    requests += 1;
    return await fetch(input, {
      ...init,
      headers: { ...(init?.headers as Record<string, string>), origin, cookie: pairs.join("; ") },
    });
  };
  const call = createHttpCalls({
    ...{ url: `${server.url}/trpc`, clock: createVirtualClock(), fetch: asPage },
    token: async () => undefined,
  });
  const say = () => call(mutation("messages.send", { receiver_id: null, content: "from a page" }));
  expect(await say()).toMatchObject({ content: "from a page" });
  expect(requests).toBe(2);

  seen.splice(0, seen.length, "causerie_csrf=never-right");
  expect(await failure(say())).toMatchObject({ code: "CSRF_TOKEN_INVALID" });
  expect(requests).toBe(4);
});

test("a query that is aborted in its own turn is not sent, also with others", async () => {
  await using server = await startTestServer();
  const { token, id } = await createPerson(server.url);
  const { call, requests } = createCalls(server.url, token);
  const abort = new AbortController();
  const aborted = failure(call(query("auth.me"), abort.signal));
  const other = call(query("users.me"));
  abort.abort();
  expect(await aborted).toMatchObject({ code: "ABORTED" });
  expect(await other).toMatchObject({ id });
  expect(requests).toEqual(["GET /trpc/users.me"]);
});

test("what is aborted while the token is on its way is not sent", async () => {
  await using server = await startTestServer();
  const { token } = await createPerson(server.url);
  let bring = (_token: string) => {};
  const { call, requests } = createCalls(server.url, () => new Promise((resolve) => (bring = resolve)));
  for (const make of [query, mutation]) {
    const abort = new AbortController();
    const aborted = [
      failure(call(make("users.me"), abort.signal)),
      failure(call(make("auth.me"), abort.signal)),
    ];
    await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    bring(token);
    for (const outcome of aborted) expect(await outcome).toMatchObject({ code: "ABORTED" });
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(requests).toEqual([]);
});

test.each([query, mutation])("input that is no JSON is BAD_REQUEST, and nothing is sent", async (make) => {
  const { call, requests } = createCalls("http://127.0.0.1:1", "token");
  expect(await failure(call(make("users.get", { user_id: 1n })))).toMatchObject({ code: "BAD_REQUEST" });
  expect(requests).toEqual([]);
});
