import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
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
function createCalls(url: string, token?: string) {
  const clock = createVirtualClock();
  const requests: string[] = [];
  const countingFetch: typeof fetch = async (input, init) => {
    requests.push(`${init?.method} ${new URL(input as string).pathname}`);
    return await fetch(input, init);
  };
  const call = createHttpCalls({ url: `${url}/trpc`, token: async () => token, fetch: countingFetch, clock });
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
