import { setTimeout as delay } from "node:timers/promises";
import { initTRPC, tracked, TRPCError } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createLiveStream } from "../../packages/server/src/realtime/live-stream.ts";
import { serveRouter } from "../support/router-sockets.ts";

const trpc = initTRPC.context<{ params: unknown }>().create({
  isDev: false,
  errorFormatter: ({ shape, error, type, path, input }) => ({
    ...shape,
    data: { ...shape.data, seen: { cause: error.cause?.name, type, path, input } },
  }),
});

/** Takes an object that has the field, of that type; nothing else of it comes through. */
function having<Name extends string, Value>(name: Name, type: "string" | "number") {
  return (value: unknown) => {
    const field = (value as Record<string, unknown> | undefined)?.[name];
    if (typeof field !== type) throw new Error(`${name} must be a ${type}`);
    return { [name]: field } as Record<Name, Value>;
  };
}

const router = trpc.router({
  echo: trpc.procedure.input(having<"text", string>("text", "string")).query(({ input }) => input.text),
  save: trpc.procedure
    .input(having<"n", number>("n", "number"))
    .output(having<"n", number>("n", "number"))
    .mutation(({ input }) => ({ ...input, secret: "left out" })),
  nothing: trpc.procedure.mutation(() => undefined),
  nul: trpc.procedure.query(() => null),
  whoami: trpc.procedure.query(({ ctx }) => ctx.params),
  refuse: trpc.procedure.query(() => {
    throw new TRPCError({ code: "FORBIDDEN", message: "Not for you." });
  }),
  fail: trpc.procedure.mutation(() => {
    throw new Error("It broke.");
  }),
  unencodable: trpc.procedure.query(() => 1n as unknown as number),
  wrongOutput: trpc.procedure.output(having<"n", number>("n", "number")).query(() => ({}) as { n: number }),
  endless: trpc.procedure.query(async function* () {
    yield 1;
  }),
  nested: { deep: trpc.procedure.query(({ path, batchIndex }) => ({ path, batchIndex })) },
  input: trpc.procedure
    .input((value: unknown) => value)
    .subscription(async function* ({ input }) {
      yield input ?? "none";
    }),
  count: trpc.procedure.subscription(async function* () {
    yield tracked("a", { n: 1 });
    yield tracked('b"c', { n: 2 });
    yield "untracked";
  }),
  breaks: trpc.procedure.subscription(async function* () {
    yield 1;
    throw new TRPCError({ code: "CONFLICT" });
  }),
  forbidden: trpc.procedure.subscription(() => {
    throw new TRPCError({ code: "FORBIDDEN" });
  }),
  notIterable: trpc.procedure.subscription(() => 5 as unknown as AsyncIterable<number>),
  stays: trpc.procedure.subscription(async function* ({ signal }) {
    yield "here";
    await new Promise((resolve) => signal?.addEventListener("abort", resolve));
  }),
  live: trpc.procedure.subscription(() =>
    createLiveStream<unknown>((sink) => {
      sink.send(tracked("1", { n: 1 }));
      sink.send("untracked");
      return () => undefined;
    }),
  ),
  liveEnds: trpc.procedure.subscription(() =>
    createLiveStream<unknown>((sink) => {
      sink.send(1);
      queueMicrotask(() => sink.end());
      return () => undefined;
    }),
  ),
  liveBreaks: trpc.procedure.subscription(() =>
    createLiveStream<unknown>((sink) => {
      queueMicrotask(() => sink.end(new TRPCError({ code: "CONFLICT" })));
      return () => undefined;
    }),
  ),
});

const call = (path: string, input?: unknown, more: object = {}) => ({
  ...{ id: 1, method: "query", params: { path, ...(input === undefined ? {} : { input }) } },
  ...more,
});
const mutation = { method: "mutation" };
const subscription = { method: "subscription" };
const params = (data: unknown) => ({ method: "connectionParams", data });

type Script = readonly unknown[];

const alike: Record<string, Script> = {
  "a query": [call("echo", { text: 'é"\n' })],
  "a mutation, without what its output leaves out": [call("save", { n: 1 }, mutation)],
  "an answer of nothing": [call("nothing", undefined, mutation)],
  "an answer of null": [call("nul")],
  "a textual id and a version": [call("echo", { text: "x" }, { id: "é", jsonrpc: "2.0" })],
  "a nested path": [call("nested.deep")],
  "an input that does not fit": [call("echo", { text: 1 })],
  "no input where one is needed": [call("save", undefined, mutation)],
  "an unknown procedure": [call("no.such")],
  "a name that every object has": [call("constructor"), call("__proto__", undefined, { id: 2 })],
  "a query called as a mutation": [call("echo", { text: "x" }, mutation)],
  "a query called as a subscription": [call("echo", { text: "x" }, subscription)],
  "an error of the procedure's own": [call("refuse")],
  "a failure": [call("fail", undefined, mutation)],
  "an output that does not fit": [call("wrongOutput")],
  "a query that goes on and on": [call("endless")],
  "an id of null": [call("nul", undefined, { id: null })],
  "an unknown method": [call("nul", undefined, { method: "steal" })].map((one) => ({ ...one, id: null })),
  "no JSON": ["{"],
  "a number": [5],
  "an empty batch": [[]],
  "a batch": [[call("nul"), call("nested.deep", undefined, { id: 2 })]],
  "a batch that is too large": [[1, 2, 3, 4].map((id) => call("nul", undefined, { id }))],
  "a batch that is too large and has no ids": [[1, 2, 3, 4]],
  "PING and PONG": ["PING", "PONG", "PING"],
  "a subscription to its end": [call("count", undefined, subscription)],
  "a subscription with a version": [call("count", undefined, { ...subscription, jsonrpc: "2.0" })],
  "a subscription that breaks": [call("breaks", undefined, subscription)],
  "a subscription that is refused": [call("forbidden", undefined, subscription)],
  "a subscription to what is none": [call("notIterable", undefined, subscription)],
  "a subscription called as a query": [call("count")],
  "a last id without input": [{ id: 1, ...subscription, params: { path: "input", lastEventId: "e:1" } }],
  "a last id beside an input": [
    { id: 1, ...subscription, params: { path: "input", input: { room: "a" }, lastEventId: "e:1" } },
  ],
  "a last id beside an older one": [
    { id: 1, ...subscription, params: { path: "input", input: { lastEventId: "e:0" }, lastEventId: "e:1" } },
  ],
  "a stop": [call("stays", undefined, subscription), 50, { id: 1, method: "subscription.stop" }],
  "a stop of nothing": [{ id: 9, method: "subscription.stop" }],
  "an id that is taken": [call("stays", undefined, subscription), 50, call("stays", undefined, subscription)],
  "an id that is free again": [
    ...[call("stays", undefined, subscription), 50, { id: 1, method: "subscription.stop" }, 50],
    call("count", undefined, subscription),
  ],
  "a live stream and its stop": [
    ...[call("live", undefined, subscription), 50, { id: 1, method: "subscription.stop" }],
  ],
};

/** Says everything, a number waiting that many milliseconds, and returns all that came back. */
async function converse(url: string, script: Script): Promise<string[]> {
  const socket = new WebSocket(url);
  const frames: string[] = [];
  socket.on("message", (data) => frames.push(String(data)));
  socket.on("close", (code) => frames.push(`closed ${code}`));
  await new Promise((resolve) => socket.once("open", resolve));
  for (const step of script) {
    if (typeof step === "number" && step > 10) await delay(step);
    else if (typeof step === "string" || Buffer.isBuffer(step)) socket.send(step);
    else socket.send(JSON.stringify(step));
  }
  await delay(150);
  const received = [...frames];
  socket.terminate();
  return received;
}

describe("the same frames as tRPC's own adapter", () => {
  test.for(Object.entries(alike))("answer %s", async ([, script]) => {
    await using server = await serveRouter(router);
    const stock = await converse(`${server.wsUrl}/stock`, script);
    expect(await converse(`${server.wsUrl}/trpc`, script)).toEqual(stock);
  });

  test("answer who the client says it is", async () => {
    await using server = await serveRouter(router);
    for (const data of [{ token: "x" }, {}, null]) {
      const script = [params(data), call("whoami")];
      const stock = await converse(`${server.wsUrl}/stock?connectionParams=1`, script);
      expect(await converse(`${server.wsUrl}/trpc?connectionParams=1`, script)).toEqual(stock);
      expect(stock).toHaveLength(1);
    }
    const without = [call("whoami")];
    expect(await converse(`${server.wsUrl}/trpc`, without)).toEqual(
      await converse(`${server.wsUrl}/stock`, without),
    );
  });
});

describe("other than tRPC's own adapter", () => {
  test("a message that cannot be read spoils no other of its batch, and is refused under its own id", async () => {
    await using server = await serveRouter(router);
    const batch = [call("nul"), { id: 2, method: "steal" }, 5];
    expect((await converse(`${server.wsUrl}/trpc`, [batch])).map((frame) => JSON.parse(frame))).toEqual([
      { id: 2, error: expect.objectContaining({ code: -32700 }) as unknown },
      { id: null, error: expect.objectContaining({ code: -32700 }) as unknown },
      { id: 1, result: { type: "data", data: null } },
    ]);
  });

  test("who says nonsense of itself is told never to come back", async () => {
    await using server = await serveRouter(router);
    for (const nonsense of ["{", 5, params(5)]) {
      const frames = await converse(`${server.wsUrl}/trpc?connectionParams=1`, [nonsense]);
      expect(frames[0]).toContain('"id":null,"error"');
      expect(frames.at(-1)).toBe("closed 4400");
    }
  });

  test("a binary frame is refused in words of our own", async () => {
    await using server = await serveRouter(router);
    const script = [Buffer.from(JSON.stringify(call("nul")))];
    for (const path of ["/stock", "/trpc"]) {
      const [frame] = await converse(server.wsUrl + path, script);
      expect(JSON.parse(frame ?? "")).toMatchObject({ id: null, error: { data: { code: "PARSE_ERROR" } } });
    }
  });

  test("what cannot be encoded is an error of the server's", async () => {
    await using server = await serveRouter(router);
    const [frame] = await converse(`${server.wsUrl}/trpc`, [call("unencodable")]);
    expect(frame).toContain("INTERNAL_SERVER_ERROR");
  });

  test("a live stream says its end, and its failure before", async () => {
    await using server = await serveRouter(router);
    const results = async (path: string) =>
      (await converse(`${server.wsUrl}/trpc`, [call(path, undefined, subscription)])).map(
        (frame) => (JSON.parse(frame) as { result?: { type: string } }).result?.type ?? "error",
      );
    expect(await results("liveEnds")).toEqual(["started", "data", "stopped"]);
    expect(await results("liveBreaks")).toEqual(["started", "error", "stopped"]);
  });
});
