import { limits } from "@causerie/shared";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createVirtualClock } from "../../packages/client/src/testing/virtual-clock.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import { follow, linkKinds, mutation, openLink, query, socketKinds, type OpenedLink } from "./open-link.ts";
import { failure } from "./signed-in-client.ts";

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startTestServer();
  person = await createPerson(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

const open = (kind: (typeof linkKinds)[number], url = server.url) =>
  openLink(kind, { url, token: person.token });
const say = (content: string) => mutation("messages.send", { receiver_id: null, content });
const message = (content: string) => ({
  type: "message.created",
  message: expect.objectContaining({ content }),
});

/** Starts the event stream and waits until nothing can be missed any more. */
async function followEvents({ link }: OpenedLink, lastEventId?: string) {
  const events = follow(link, "events.stream", lastEventId === undefined ? {} : { lastEventId });
  await expect.poll(() => events.items()).toContainEqual(expect.objectContaining({ type: "heartbeat" }));
  return events;
}

describe.each(linkKinds)("over %s", (kind) => {
  test("calls are answered with the output, or with the server's code, status and fields", async () => {
    const { link, losses } = await open(kind);
    expect(await link.call(query("users.me"))).toMatchObject({ id: person.id, email: person.email });
    expect(await link.call(say("Bonjour"))).toMatchObject({ content: "Bonjour", duplicate: false });

    expect(await failure(link.call(query("users.get", { user_id: 999_999 })))).toMatchObject({
      name: "CauserieError",
      code: "NOT_FOUND",
      status: 404,
      issues: [],
    });
    expect(await failure(link.call(say("  ")))).toMatchObject({
      code: "VALIDATION_FAILED",
      issues: [{ loc: ["body", "content"], msg: "must not be blank", type: "value_error" }],
    });
    link.close(1000);
    expect(losses).toEqual([]);
  });

  test("as many calls as anybody likes go out in one turn", async () => {
    const { link } = await open(kind);
    const answers = await Promise.all(Array.from({ length: 120 }, () => link.call(query("users.me"))));
    expect(answers).toHaveLength(120);
    expect(answers).toEqual(answers.map(() => expect.objectContaining({ id: person.id })));
    link.close(1000);
  });

  test("a call that is aborted fails with ABORTED, and the link goes on", async () => {
    const { link } = await open(kind);
    const abort = new AbortController();
    const call = link.call(query("users.list", {}), abort.signal);
    abort.abort();
    expect(await failure(call)).toMatchObject({ code: "ABORTED" });
    expect(await failure(link.call(query("users.list", {}), abort.signal))).toMatchObject({
      code: "ABORTED",
    });
    expect(await link.call(query("users.me"))).toMatchObject({ id: person.id });
    link.close(1000);
  });

  test("what is larger than the server takes is refused before it is sent", async () => {
    const { link, losses } = await open(kind);
    const call = link.call(say("x".repeat(limits.frameBytes)));
    expect(await failure(call)).toMatchObject({ code: "PAYLOAD_TOO_LARGE", status: 413 });
    expect(await link.call(query("users.me"))).toMatchObject({ id: person.id });
    expect(losses).toEqual([]);
    link.close(1000);
  });

  test("long messages of one turn are all stored, though together they are larger than the server takes", async () => {
    const { link } = await open(kind);
    const long = Array.from({ length: 10 }, (_, n) => `${n}${"é".repeat(limits.contentLength - 1)}`);
    const sent = await Promise.all(long.map((content) => link.call(say(content))));
    expect(sent).toEqual(long.map((content) => expect.objectContaining({ content })));
    link.close(1000);
  });

  test("an item brings its cursor, from which the next subscription goes on", async () => {
    const opened = await open(kind);
    const before = await followEvents(opened);
    expect(before.told[0]).toBe("started");
    await opened.link.call(say("heard"));
    await expect.poll(() => before.items().at(-1)).toEqual(message("heard"));
    before.stop();
    await opened.link.call(say("missed"));

    const after = await followEvents(opened, before.cursor());
    expect(after.items()).toEqual([message("missed"), expect.objectContaining({ type: "heartbeat" })]);
    expect(after.told.filter((one) => one === "started")).toHaveLength(1);
    opened.link.close(1000);
  });

  test("items without a cursor come as they are", async () => {
    const { link } = await open(kind);
    const watch = follow(link, "presence.watch", { user_ids: [person.id], conversation_ids: [] });
    await expect.poll(() => watch.items()).toHaveLength(1);
    expect(watch.told).toEqual([
      "started",
      { id: undefined, item: expect.objectContaining({ type: "presence.states" }) },
    ]);
    link.close(1000);
  });

  test("a stopped subscription is silent at once, others go on", async () => {
    const opened = await open(kind);
    const stopped = await followEvents(opened);
    const running = await followEvents(opened);
    const count = stopped.told.length;
    stopped.stop();
    stopped.stop();
    await opened.link.call(say("after the stop"));
    await expect.poll(() => running.items().at(-1)).toEqual(message("after the stop"));
    expect(stopped.told).toHaveLength(count);
    opened.link.close(1000);
  });

  test("a subscription that the server refuses ends with its error, and the link goes on", async () => {
    const { link, losses } = await open(kind);
    const refused = follow(link, "events.stream", { lastEventId: "x".repeat(100) });
    await expect.poll(() => refused.told).toHaveLength(1);
    expect(refused.end()).toMatchObject({ code: "VALIDATION_FAILED", status: 422 });
    expect(await link.call(query("users.me"))).toMatchObject({ id: person.id });
    expect(losses).toEqual([]);
    link.close(1000);
  });

  test("anything that arrives is a sign of life", async () => {
    const opened = await open(kind);
    await followEvents(opened);
    const before = opened.alive();
    expect(before).toBeGreaterThan(0);
    await opened.link.call(say("alive"));
    await expect.poll(() => opened.alive()).toBeGreaterThan(before);
    opened.link.close(1000);
  });

  test.each(["cut", 1000] as const)(
    "closing (%s) ends the connection, and nothing is heard of it",
    async (how) => {
      await using proxy = await startCuttableProxy(server.port);
      const opened = await open(kind, proxy.url);
      const events = await followEvents(opened);
      const count = events.told.length;
      opened.link.close(how);
      opened.link.close("cut");
      opened.link.ping();
      await person.call("POST", "/messages/", { receiver_id: null, content: "unheard" });
      if (kind !== "server-sent events") await expect.poll(() => proxy.open()).toBe(0);
      expect([events.told.length, opened.losses]).toEqual([count, []]);
      const late = follow(opened.link, "events.stream", {});
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect([events.told.length, late.told, opened.losses]).toEqual([count, [], []]);
    },
  );

  test("a connection that is cut is told once, and its subscriptions are silent", async () => {
    await using proxy = await startCuttableProxy(server.port);
    const opened = await open(kind, proxy.url);
    const events = [await followEvents(opened), await followEvents(opened)];
    const told = events.map((each) => each.told.length);
    proxy.cut();
    await expect.poll(() => opened.losses).toHaveLength(1);
    expect(opened.losses[0]).toMatchObject({
      transport: kind === "server-sent events" ? "sse" : "websocket",
      error: { code: "NETWORK" },
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(opened.losses).toHaveLength(1);
    expect(events.map((each) => each.told.length)).toEqual(told);
    opened.link.close("cut");
  });

  test("the events of a connection that is cut again and again are all heard once, in order", async () => {
    await using proxy = await startCuttableProxy(server.port);
    const heard: unknown[] = [];
    const sent: string[] = [];
    let cursor: string | undefined;
    for (let round = 0; round < 4; round += 1) {
      const opened = await open(kind, proxy.url);
      const events = await followEvents(opened, cursor);
      for (let n = 0; n < 20; n += 1) {
        const content = `${kind} ${round}.${n}`;
        await person.call("POST", "/messages/", { receiver_id: null, content });
        sent.push(content);
        if (n === 10) proxy.cut();
      }
      await expect.poll(() => opened.losses).toHaveLength(1);
      cursor = events.cursor();
      heard.push(...events.items());
    }
    const last = await followEvents(await open(kind), cursor);
    heard.push(...last.items());
    const contents = heard.flatMap((event) => {
      const { message: created } = event as { message?: { content: string } };
      return created ? [created.content] : [];
    });
    expect(contents).toEqual(sent);
  });
});

describe.each(socketKinds)("over %s", (kind) => {
  test("what is asked in one turn goes out in one frame, after who asks", async () => {
    const frames: unknown[] = [];
    const Base = kind === "the runtime's WebSocket" ? globalThis.WebSocket : WebSocket;
    class Overheard extends (Base as typeof globalThis.WebSocket) {
      override send(data: string): void {
        frames.push(JSON.parse(data));
        super.send(data);
      }
    }
    const { link } = await openLink(kind, { url: server.url, token: person.token, WebSocket: Overheard });
    const events = follow(link, "events.stream", {});
    const watch = follow(link, "presence.watch", { user_ids: [person.id], conversation_ids: [] });
    expect(await link.call(query("users.me"))).toMatchObject({ id: person.id });
    await expect.poll(() => [events.items().length, watch.items().length]).toEqual([1, 1]);
    events.stop();
    await link.call(query("users.me"));
    expect(frames).toEqual([
      { method: "connectionParams", data: { token: person.token } },
      [
        expect.objectContaining({ id: 1, method: "subscription" }),
        expect.objectContaining({ id: 2, method: "subscription" }),
        { id: 3, method: "query", params: { path: "users.me" } },
      ],
      [{ id: 1, method: "subscription.stop" }, expect.objectContaining({ id: 4, method: "query" })],
    ]);
    link.close(1000);
  });

  test("calls under way fail with NETWORK when the connection is cut, and so do later ones", async () => {
    await using proxy = await startCuttableProxy(server.port);
    const opened = await open(kind, proxy.url);
    await opened.link.call(query("users.me"));
    const calls = [opened.link.call(query("users.me")), opened.link.call(say("perhaps"))];
    proxy.cut();
    for (const call of calls)
      expect(await failure(call)).toMatchObject({ code: "NETWORK", status: undefined });
    await expect.poll(() => opened.losses).toMatchObject([{ code: 1006, error: { code: "NETWORK" } }]);
    expect(await failure(opened.link.call(query("users.me")))).toMatchObject({ code: "NETWORK" });
  });

  test("calls under way fail with NETWORK when the link is closed", async () => {
    const { link } = await open(kind);
    const call = link.call(query("users.me"));
    link.close(1000);
    expect(await failure(call)).toMatchObject({ code: "NETWORK" });
  });

  test("a call without an answer fails with NETWORK after 30 s; a late answer is nobody's", async () => {
    await using proxy = await startCuttableProxy(server.port);
    const clock = createVirtualClock();
    const { link, losses } = await openLink(kind, { url: proxy.url, token: person.token, clock });
    await link.call(query("users.me"));
    proxy.hold(true);
    const call = failure(link.call(query("users.me")));
    await clock.advance(29_999);
    const early = await Promise.race([call, Promise.resolve("waiting")]);
    await clock.advance(1);
    expect([early, await call]).toMatchObject(["waiting", { code: "NETWORK" }]);
    proxy.hold(false);
    expect(await link.call(query("users.me"))).toMatchObject({ id: person.id });
    expect(losses).toEqual([]);
    link.close(1000);
  });

  test("a ping is answered with a sign of life", async () => {
    const opened = await open(kind);
    await opened.link.call(query("users.me"));
    const before = opened.alive();
    opened.link.ping();
    await expect.poll(() => opened.alive()).toBe(before + 1);
    opened.link.close(1000);
  });

  test("the server's close code is told, and why", async () => {
    const guest = await createPerson(server.url);
    const opened = await openLink(kind, { url: server.url, token: guest.token });
    await followEvents(opened);
    await guest.call("POST", "/auth/logout");
    await expect.poll(() => opened.losses).toMatchObject([{ code: 4401, error: { code: "NETWORK" } }]);
    expect(opened.losses[0]?.error.message).not.toBe("");

    const stranger = await openLink(kind, { url: server.url, token: "not.a.token" });
    await expect.poll(() => stranger.losses).toMatchObject([{ code: 4401 }]);
  });
});

test("a session that ends over server-sent events ends its stream with UNAUTHORIZED, and is no loss", async () => {
  const guest = await createPerson(server.url);
  const opened = await openLink("server-sent events", { url: server.url, token: guest.token });
  const events = await followEvents(opened);
  await guest.call("POST", "/auth/logout");
  await expect.poll(() => events.end()).toMatchObject({ code: "UNAUTHORIZED", status: 401 });

  const refused = follow(opened.link, "events.stream", {});
  await expect.poll(() => refused.told).toHaveLength(1);
  expect(refused.end()).toMatchObject({ code: "UNAUTHORIZED" });
  expect(opened.losses).toEqual([]);
});

test("calls beside server-sent events go on when a stream is lost", async () => {
  await using proxy = await startCuttableProxy(server.port);
  const opened = await openLink("server-sent events", { url: proxy.url, token: person.token });
  await followEvents(opened);
  proxy.cut();
  await expect.poll(() => opened.losses).toHaveLength(1);
  expect(await opened.link.call(query("users.me"))).toMatchObject({ id: person.id });
});
