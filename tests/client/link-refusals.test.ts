import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { expect, test } from "vitest";
import { WebSocket, WebSocketServer, type WebSocket as ServerSocket } from "ws";
import { LinkRefused } from "../../packages/client/src/connection/link.ts";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { follow, openLink, query, socketKinds, type LinkKind, type OpenLinkOptions } from "./open-link.ts";
import { failure } from "./signed-in-client.ts";

/** A server of our own making, at a free port. */
async function listen(server: Server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

/** Something that stands before the server, and answers whatever comes in the same way. */
async function startFront(status: number, headers: Record<string, string>, body: string) {
  const server = createServer((_request, response) => response.writeHead(status, headers).end(body));
  server.on("upgrade", (_request, socket) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} No\r\n${lines.join("")}content-length: ${body.length}\r\n\r\n${body}`);
  });
  return await listen(server);
}

async function refusal(kind: LinkKind, options: OpenLinkOptions) {
  const error = await failure(openLink(kind, options));
  expect(error).toBeInstanceOf(LinkRefused);
  return (error as LinkRefused).loss;
}

/** How the event stream is refused over server-sent events, where only the stream finds out. */
async function streamLoss(url: string) {
  const opened = await openLink("server-sent events", { url, token: "token" });
  const events = follow(opened.link, "events.stream", {});
  await expect.poll(() => opened.losses).toHaveLength(1);
  expect(events.told).toEqual([]);
  return opened.losses[0];
}

test.each([
  [401, "UNAUTHORIZED"],
  [403, "FORBIDDEN"],
  [429, "RATE_LIMITED"],
  [503, "OVERLOADED"],
  [502, "BAD_RESPONSE"],
])("a handshake that is answered with %i shows it where the platform does", async (status, code) => {
  await using front = await startFront(status, {}, "");
  const shown = await refusal("the WebSocket of ws", { url: front.url });
  expect(shown).toMatchObject({ transport: "websocket", code: 1006, status, error: { code, status } });
  const hidden = await refusal("the runtime's WebSocket", { url: front.url });
  expect(hidden).toMatchObject({ transport: "websocket", code: 1006, error: { code: "NETWORK" } });
  expect(hidden.status).toBeUndefined();
});

test("the server refuses pages of other origins with 403, and with 503 when it is full", async () => {
  await using server = await startTestServer({ RATE_LIMIT: "on", MAX_CONNECTIONS: "1" });
  const { token } = await createPerson(server.url);
  class Foreign extends WebSocket {
    constructor(url: string) {
      super(url, { headers: { origin: "https://elsewhere.example" } });
    }
  }
  const kind = "the WebSocket of ws";
  expect(await refusal(kind, { url: server.url, token, WebSocket: Foreign })).toMatchObject({ status: 403 });
  const first = await openLink(kind, { url: server.url, token });
  await first.link.call(query("users.me"));
  expect(await refusal(kind, { url: server.url, token })).toMatchObject({ status: 503 });
  first.link.close(1000);
});

const problem = {
  type: "about:blank",
  title: "Overloaded",
  status: 503,
  detail: "The server is busy.",
  instance: "/trpc",
  code: "OVERLOADED",
  request_id: "1",
  retry_after_ms: 2_500,
};

test.each([
  [401, {}, "<h1>Who are you?</h1>", { code: "BAD_RESPONSE" }, undefined],
  [403, {}, '"no"', { code: "BAD_RESPONSE" }, undefined],
  [503, { "retry-after": "7" }, "", { code: "BAD_RESPONSE" }, 7_000],
  [503, {}, JSON.stringify(problem), { code: "OVERLOADED", message: problem.detail }, 2_500],
  [429, { "retry-after": "Wed, 21 Oct 2065 07:28:00 GMT" }, "null", { code: "BAD_RESPONSE" }, undefined],
  [
    200,
    { "content-type": "text/html" },
    "<h1>Welcome to our hotel</h1>",
    { code: "BAD_RESPONSE" },
    undefined,
  ],
])(
  "a stream that is answered with %i %j tells what to make of it",
  async (status, headers, body, error, wait) => {
    await using front = await startFront(status, headers, body);
    const loss = await streamLoss(front.url);
    expect(loss).toMatchObject({ transport: "sse", status, error: { ...error, status } });
    expect(loss?.retryAfterMs).toBe(wait);
  },
);

test.each(socketKinds)("where nobody listens, %s is refused without a status", async (kind) => {
  const loss = await refusal(kind, { url: "http://127.0.0.1:9" });
  expect(loss).toMatchObject({ code: 1006, error: { code: "NETWORK" } });
  expect(loss.status).toBeUndefined();
});

test("where nobody listens, a stream is lost without a status", async () => {
  const loss = await streamLoss("http://127.0.0.1:9");
  expect(loss).toMatchObject({ transport: "sse", error: { code: "NETWORK" } });
  expect(loss).not.toHaveProperty("status");
});

test("an address that a WebSocket may not have is a refusal too", async () => {
  const loss = await refusal("the runtime's WebSocket", { url: "http://[" });
  expect(loss).toMatchObject({ code: 1006, error: { code: "NETWORK", cause: expect.any(Error) } });
});

test.each(socketKinds)("%s gives an attempt up when it is told to", async (kind) => {
  let open = 0;
  await using silent = await listen(
    createTcpServer((socket) => {
      open += 1;
      socket.on("error", () => {});
      socket.on("close", () => (open -= 1)).resume();
    }),
  );
  const abort = new AbortController();
  const opening = refusal(kind, { url: silent.url, signal: abort.signal });
  await expect.poll(() => open).toBe(1);
  abort.abort();
  expect(await opening).toMatchObject({ code: 1006 });
  await expect.poll(() => open).toBe(0);
  await refusal(kind, { url: silent.url, signal: abort.signal });
  expect(open).toBe(0);
});

/** A server that speaks the protocol by hand: `serve` gets each socket after the client said who it is. */
async function startOddSocketServer(serve: (socket: ServerSocket, frames: string[]) => void) {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket: ServerSocket) => {
    const frames: string[] = [];
    socket.on("message", (data) => frames.push(String(data)));
    socket.once("message", () => serve(socket, frames));
  });
  const listening = await listen(server);
  return {
    ...listening,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
}

test.each(socketKinds)(
  "%s takes several answers in one frame, and none that nobody waits for",
  async (kind) => {
    await using odd = await startOddSocketServer((socket) => {
      socket.on("message", () => {
        const answer = (id: unknown, data: number) => ({ id, result: { type: "data", data } });
        socket.send(JSON.stringify([answer(2, 22), null, answer(99, 0), answer(1, 11)]));
        socket.send(JSON.stringify({ id: null, error: { message: "What?", code: -32700, data: {} } }));
      });
    });
    const { link, losses } = await openLink(kind, { url: odd.url });
    expect(await Promise.all([link.call(query("a")), link.call(query("b"))])).toEqual([11, 22]);
    expect(losses).toEqual([]);
    link.close("cut");
  },
);

test.each(socketKinds)("%s answers pings of the server", async (kind) => {
  let heard: string[] = [];
  await using odd = await startOddSocketServer((socket, frames) => {
    heard = frames;
    socket.send("PING");
  });
  const { link, alive } = await openLink(kind, { url: odd.url });
  await expect.poll(() => heard).toEqual(['{"method":"connectionParams","data":null}', "PONG"]);
  expect(alive()).toBe(1);
  link.close("cut");
});

test.each(socketKinds)("%s that is asked to reconnect is lost as when the server restarts", async (kind) => {
  let closed: number | undefined;
  await using odd = await startOddSocketServer((socket) => {
    socket.on("close", (code) => (closed = code));
    socket.send(JSON.stringify({ id: null, method: "reconnect" }));
  });
  const { link, losses } = await openLink(kind, { url: odd.url });
  const call = link.call(query("users.me"));
  expect(await failure(call)).toMatchObject({ code: "NETWORK" });
  await expect.poll(() => [losses.map(({ code }) => code), closed]).toEqual([[1012], 1000]);
});

test.each(socketKinds)("%s over which nonsense comes is lost, with BAD_RESPONSE", async (kind) => {
  await using odd = await startOddSocketServer((socket) => socket.send("<h1>Hello</h1>"));
  const { losses } = await openLink(kind, { url: odd.url });
  await expect.poll(() => losses).toMatchObject([{ code: 1006, error: { code: "BAD_RESPONSE" } }]);
});

/** A server of event streams: each request gets the bytes in pieces, a moment between them. */
async function startOddStream(pieces: (string | Uint8Array)[], end: boolean) {
  const requests: IncomingMessage[] = [];
  const serve: RequestListener = (request, response) => {
    requests.push(request);
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    void (async () => {
      for (const piece of pieces) {
        response.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      if (end) response.end();
    })();
  };
  const server = createServer(serve);
  const listening = await listen(server);
  return {
    ...listening,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const connected = "event: connected\r\ndata: {}\r\n\r\n";

test("a stream may be cut within a character, and comments and pings are signs of life", async () => {
  const bytes = new TextEncoder().encode('data: "é"\nid: 1\n\n');
  const pieces = [
    connected,
    ": comment\n",
    "event: ping\ndata:\n\n",
    bytes.subarray(0, 8),
    bytes.subarray(8),
  ];
  await using odd = await startOddStream(pieces, false);
  const opened = await openLink("server-sent events", { url: odd.url, token: "secret" });
  const events = follow(opened.link, "events.stream", { lastEventId: "a:1" });
  await expect.poll(() => events.told).toEqual(["started", { item: "é", id: "1" }]);
  expect(opened.alive()).toBeGreaterThanOrEqual(4);
  opened.link.close(1000);
  // The token is in no address.
  expect(odd.requests.map(({ url }) => url)).toEqual([
    `/trpc/events.stream?input=${encodeURIComponent('{"lastEventId":"a:1"}')}`,
  ]);
  expect(odd.requests[0]?.headers).toMatchObject({
    authorization: "Bearer secret",
    accept: "text/event-stream",
  });
});

test("a stream that the server returns from has ended, and is no loss; one that just ends is lost", async () => {
  await using returning = await startOddStream([connected, "event: return\ndata: \n\n"], true);
  const opened = await openLink("server-sent events", { url: returning.url });
  const events = follow(opened.link, "events.stream");
  await expect.poll(() => events.told).toEqual([{ end: undefined }]);
  expect(opened.losses).toEqual([]);

  await using ending = await startOddStream([connected], true);
  expect(await streamLoss(ending.url)).toMatchObject({ error: { code: "NETWORK" } });
});

test("nonsense in a stream is a loss with BAD_RESPONSE", async () => {
  await using odd = await startOddStream([connected, "data: <h1>\n\n"], false);
  expect(await streamLoss(odd.url)).toMatchObject({ error: { code: "BAD_RESPONSE" } });
});

test("no redirect is followed: it might take the token elsewhere", async () => {
  await using elsewhere = await startOddStream([connected], false);
  const headers = { location: `${elsewhere.url}/trpc/events.stream` };
  await using front = await startFront(307, headers, "");
  expect(await streamLoss(front.url)).toMatchObject({ error: { code: "NETWORK" } });
  const opened = await openLink("server-sent events", { url: front.url, token: "secret" });
  expect(await failure(opened.link.call(query("users.me")))).toMatchObject({ code: "NETWORK" });
  expect(elsewhere.requests).toEqual([]);
});
