import { createFaultyNetwork, type FaultyNetwork } from "@causerie/client/testing";
import {
  createVirtualClock,
  startTestServer,
  systemClock,
  type TestServer,
  type TestUser,
} from "@causerie/server/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket as NodeSocket } from "ws";

let server: TestServer<typeof systemClock>;
let anna: TestUser;
beforeAll(async () => {
  server = await startTestServer({ clock: systemClock, env: { ACCESS_TOKEN_TTL: "1h" } });
  anna = await server.createUser();
});
afterAll(() => server.stop());

const quietly = { seed: 1 };
/** Long enough for what does not come to have come. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 60, "nothing"));

function post(network: FaultyNetwork, path: string, input: unknown, token = anna.token): Promise<Response> {
  return network.fetch(`${server.url}/trpc/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(input),
  });
}
const send = (network: FaultyNetwork, content: string) =>
  post(network, "messages.send", { receiver_id: anna.id, content });
const get = (network: FaultyNetwork, path: string) =>
  network.fetch(`${server.url}/trpc/${path}`, { headers: { authorization: `Bearer ${anna.token}` } });

/** The texts that Anna sent herself, as the server has them. */
async function stored(): Promise<string[]> {
  const headers = { authorization: `Bearer ${anna.token}` };
  const list = await fetch(`${server.url}/messages/?limit=100`, { headers });
  return ((await list.json()) as { content: string }[]).map(({ content }) => content);
}

interface Socket {
  readonly socket: WebSocket;
  /** The frames that have come. */
  readonly frames: string[];
  /** `data` of subscriptions and calls. */
  readonly contents: () => string[];
  readonly closed: Promise<{ readonly code: number; readonly wasClean: boolean }>;
  call(path: string, input: unknown): void;
}

const sockets: WebSocket[] = [];
afterAll(() => sockets.forEach((socket) => socket.close()));

/** A socket that has said whose it is. */
async function open(network: FaultyNetwork, token = anna.token): Promise<Socket> {
  const socket = new network.WebSocket(`${server.url.replace("http", "ws")}/trpc?connectionParams=1`);
  sockets.push(socket);
  const frames: string[] = [];
  socket.onmessage = ({ data }) => frames.push(String(data));
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("The socket failed.")));
  });
  socket.addEventListener("error", () => {});
  let id = 0;
  const ask = (method: string, path: string, input: unknown) =>
    socket.send(JSON.stringify({ id: ++id, method, params: { path, input } }));
  socket.send(JSON.stringify({ method: "connectionParams", data: { token } }));
  return {
    ...{ socket, frames, closed },
    contents: () => frames.flatMap((frame) => /"content":"([^"]+)"/.exec(frame)?.[1] ?? []),
    call: (path, input) => ask(path === "events.stream" ? "subscription" : "mutation", path, input),
  };
}

function say(socket: Socket, content: string): void {
  socket.call("messages.send", { receiver_id: anna.id, content });
}

describe("without a fault", () => {
  test.each([
    ["the platform's own WebSocket", undefined],
    ["that of ws", NodeSocket as unknown as typeof WebSocket],
  ])("everything passes, over HTTP and over %s", async (_name, Real) => {
    const network = createFaultyNetwork({ ...quietly, ...(Real && { WebSocket: Real }) });
    const answer = await send(network, "over http");
    expect(await answer.json()).toMatchObject({ result: { data: { content: "over http" } } });
    expect((await get(network, "users.me")).status).toBe(200);

    const { socket, contents, closed, ...own } = await open(network);
    own.call("messages.send", { receiver_id: anna.id, content: "over a socket" });
    await expect.poll(contents).toEqual(["over a socket"]);
    expect(socket).toMatchObject({ readyState: 1, url: expect.stringContaining("/trpc"), protocol: "" });
    socket.close(1000);
    expect(socket.readyState).toBe(2);
    expect(await closed).toMatchObject({ code: 1000, wasClean: true });
  });

  test("the caller's signal aborts", async () => {
    const network = createFaultyNetwork(quietly);
    const frozen = network.freeze();
    const controller = new AbortController();
    const outcome = network.fetch(server.url, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(outcome).rejects.toThrow("enough");
    frozen.stop();
    await expect(network.fetch(server.url, { signal: controller.signal })).rejects.toThrow("enough");
  });
});

describe("drop", () => {
  test("a request that is lost never reaches the server, and no answer comes", async () => {
    const network = createFaultyNetwork(quietly);
    const fault = network.drop({ to: "server", path: "messages.send" }, { times: 1 });
    expect(await Promise.race([send(network, "lost request"), aWhile()])).toBe("nothing");
    expect(fault.count).toBe(1);
    expect(await stored()).not.toContain("lost request");
    expect((await send(network, "the next one")).status).toBe(200);
  });

  test("an answer that is lost is one to something that happened", async () => {
    const network = createFaultyNetwork(quietly);
    network.drop({ kind: "answer" });
    expect(await Promise.race([send(network, "answer lost"), aWhile()])).toBe("nothing");
    expect(await stored()).toContain("answer lost");
  });

  test("a lost frame is lost alone, told by the procedure that it calls or answers", async () => {
    const network = createFaultyNetwork(quietly);
    const socket = await open(network);
    const lost = network.drop({ to: "client", path: "messages.send" }, { times: 1 });
    say(socket, "answer to a frame lost");
    say(socket, "answered");
    await expect.poll(socket.contents).toEqual(["answered"]);
    expect(lost.count).toBe(1);
    expect(await stored()).toContain("answer to a frame lost");

    network.drop({ to: "server", path: "messages.send" }, { times: 1 });
    say(socket, "frame lost");
    say(socket, "frame not lost");
    await expect.poll(socket.contents).toEqual(["answered", "frame not lost"]);
    expect(await stored()).not.toContain("frame lost");
  });
});

describe("delay", () => {
  test("what is delayed arrives when its time has come, and on a connection nothing overtakes it", async () => {
    const clock = createVirtualClock();
    const network = createFaultyNetwork({ ...quietly, clock });
    const socket = await open(network);
    network.delay(5_000, { to: "server", path: "messages.send" }, { times: 1 });
    say(socket, "delayed");
    say(socket, "behind it");
    await clock.advance(4_999);
    expect(socket.contents()).toEqual([]);
    await clock.advance(1);
    await expect.poll(socket.contents).toEqual(["delayed", "behind it"]);
  });

  test("requests do not wait for one another", async () => {
    const clock = createVirtualClock();
    const network = createFaultyNetwork({ ...quietly, clock });
    network.delay([1_000, 2_000], { kind: "request" }, { times: 1 });
    const order: string[] = [];
    const slow = get(network, "users.me").then(() => order.push("slow"));
    await get(network, "users.me").then(() => order.push("quick"));
    expect(order).toEqual(["quick"]);
    await clock.advance(999);
    expect(order).toEqual(["quick"]);
    await clock.advance(1_001);
    await slow;
  });
});

describe("repeat", () => {
  test("a request that comes twice is answered as what it was the second time", async () => {
    const network = createFaultyNetwork(quietly);
    network.repeat({ path: "messages.send" }, { times: 1 });
    const key = crypto.randomUUID();
    const input = { receiver_id: anna.id, content: "sent twice", client_message_id: key };
    const answer = await post(network, "messages.send", input);
    expect(await answer.json()).toMatchObject({ result: { data: { duplicate: true } } });
    expect((await stored()).filter((content) => content === "sent twice")).toHaveLength(1);
  });

  test("frames come twice, either way", async () => {
    const network = createFaultyNetwork(quietly);
    const socket = await open(network);
    network.repeat({ to: "client", path: "messages.send" }, { times: 1 });
    say(socket, "answered twice");
    await expect.poll(socket.contents).toEqual(["answered twice", "answered twice"]);
  });
});

describe("reorder", () => {
  test("a frame is overtaken by the next one", async () => {
    const network = createFaultyNetwork(quietly);
    const socket = await open(network);
    network.reorder({ to: "server", path: "messages.send" }, { times: 1 });
    for (const content of ["first", "second", "third"]) say(socket, content);
    await expect.poll(socket.contents).toEqual(["second", "first", "third"]);
  });

  test("so is a request; when no other comes, it goes on after a second", async () => {
    const clock = createVirtualClock();
    const network = createFaultyNetwork({ ...quietly, clock });
    network.reorder({ kind: "request" }, { times: 1 });
    const order: string[] = [];
    const first = get(network, "users.me").then(() => order.push("first"));
    await get(network, "auth.sessions.list");
    await first;

    network.reorder({ kind: "request" }, { times: 1 });
    const alone = get(network, "users.me").then(() => "arrived");
    expect(await Promise.race([alone, aWhile()])).toBe("nothing");
    await clock.advance(1_000);
    expect(await alone).toBe("arrived");
  });
});

describe("cut", () => {
  test("all connections break at once, without a closing handshake, and what is under way fails", async () => {
    const network = createFaultyNetwork(quietly);
    const one = await open(network);
    const other = await open(network);
    network.drop({ kind: "request" });
    const request = send(network, "under way");
    await aWhile();
    network.cut();
    expect(await one.closed).toMatchObject({ code: 1006, wasClean: false });
    expect(await other.closed).toMatchObject({ code: 1006, wasClean: false });
    await expect(request).rejects.toThrow(TypeError);
    expect(one.socket.readyState).toBe(3);
    // The server hears of it too: nobody is connected any more.
    const again = await open(network);
    say(again, "after the cut");
    await expect.poll(again.contents).toEqual(["after the cut"]);
  });

  test("a connection breaks where something passes, and that does not arrive", async () => {
    const network = createFaultyNetwork(quietly);
    const socket = await open(network);
    network.cutAt({ to: "server", path: "messages.send" }, { times: 1 });
    say(socket, "cut on its way");
    expect(await socket.closed).toMatchObject({ code: 1006 });
    expect(await stored()).not.toContain("cut on its way");

    const later = await open(network);
    network.cutAt({ to: "client", path: "messages.send" }, { times: 1 });
    say(later, "cut on its way back");
    await later.closed;
    expect(later.contents()).toEqual([]);
    expect(await stored()).toContain("cut on its way back");
  });

  test("an answer breaks off in its middle", async () => {
    const network = createFaultyNetwork(quietly);
    network.cutAt({ kind: "answer" });
    const answer = await send(network, "half an answer");
    expect(answer.status).toBe(200);
    await expect(answer.json()).rejects.toThrow(TypeError);
    network.cutAt({ kind: "request" });
    await expect(send(network, "not even sent")).rejects.toThrow(TypeError);
  });
});

describe("a stream of server-sent events", () => {
  async function openStream(network: FaultyNetwork) {
    const answer = await get(network, "events.stream");
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    let text = "";
    const ended = (async () => {
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) text += (await reader.read()).value;
    })().catch((error: unknown) => error);
    await expect.poll(() => text).toContain("heartbeat");
    return {
      ended,
      contents: () => [...text.matchAll(/"content":"([^"]+)"/g)].map(([, content]) => content),
      text: () => text,
    };
  }
  const sendPlainly = (content: string) => send(createFaultyNetwork(quietly), content);

  test("passes event by event, each of which may be lost, repeated or overtaken", async () => {
    const network = createFaultyNetwork(quietly);
    const stream = await openStream(network);
    const says =
      (content: string) =>
      ({ text }: { readonly text: string }) =>
        text.includes(`"${content}"`);
    network.drop(says("event lost"));
    network.repeat(says("event repeated"));
    network.reorder(says("event overtaken"));
    for (const content of ["event", "event lost", "event repeated", "event overtaken", "last event"])
      await sendPlainly(content);
    await expect
      .poll(stream.contents)
      .toEqual(["event", "event repeated", "event repeated", "last event", "event overtaken"]);
    network.cut();
    expect(await stream.ended).toBeInstanceOf(TypeError);
  });

  test("breaks off within an event", async () => {
    const network = createFaultyNetwork(quietly);
    const stream = await openStream(network);
    network.cutAt({ kind: "event" });
    await sendPlainly("the last that is heard");
    expect(await stream.ended).toBeInstanceOf(TypeError);
    expect(stream.text()).toContain("message.created");
    expect(stream.text().endsWith("\n\n")).toBe(false);
  });
});

describe("freeze", () => {
  test("nothing arrives and nothing ends until it thaws; then everything does, in order", async () => {
    const network = createFaultyNetwork(quietly);
    const socket = await open(network);
    const frozen = network.freeze();
    for (const content of ["frozen 1", "frozen 2"]) say(socket, content);
    const request = send(network, "frozen request");
    socket.socket.close(1000);
    expect(await Promise.race([socket.closed, request, aWhile()])).toBe("nothing");
    expect(await stored()).not.toContain("frozen 1");
    frozen.stop();
    expect((await request).status).toBe(200);
    expect(await socket.closed).toMatchObject({ code: 1000 });
    await expect.poll(stored).toEqual(expect.arrayContaining(["frozen 1", "frozen 2"]));
    expect(frozen.count).toBeGreaterThan(0);
  });

  test("one way only, and a new connection hangs", async () => {
    const network = createFaultyNetwork(quietly);
    const socket = await open(network);
    const frozen = network.freeze({ to: "client" });
    say(socket, "heard by the server");
    await expect.poll(stored).toContain("heard by the server");
    expect(socket.contents()).toEqual([]);
    const opening = open(network);
    expect(await Promise.race([opening, aWhile()])).toBe("nothing");
    frozen.stop();
    await expect.poll(socket.contents).toEqual(["heard by the server"]);
    await opening;
  });
});

describe("expire", () => {
  test("tokens that have passed are refused by the server, newer ones are not", async () => {
    const network = createFaultyNetwork(quietly);
    const bert = await server.createUser();
    const ask = async (token: string) =>
      (await network.fetch(`${server.url}/users/me`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect(await ask(bert.token)).toBe(200);
    const socket = await open(network, bert.token);
    socket.call("events.stream", {});
    await expect.poll(() => socket.frames.length).toBeGreaterThan(0);

    network.expire();
    expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(await ask(bert.token)).toBe(401);
    const refused = await open(network, bert.token);
    expect(await refused.closed).toMatchObject({ code: 4401 });

    const refresh = await post(network, "auth.refresh", { refresh_token: bert.tokens.refresh_token }, "");
    const { result } = (await refresh.json()) as { result: { data: { access_token: string } } };
    expect(await ask(result.data.access_token)).toBe(200);
  });

  test("when the session is over, refresh tokens are refused too; no other session is harmed", async () => {
    const network = createFaultyNetwork(quietly);
    const bert = await server.createUser();
    const refreshWith = (token: string) => post(network, "auth.refresh", { refresh_token: token }, "");
    const first = (await (await refreshWith(bert.tokens.refresh_token)).json()) as {
      result: { data: { refresh_token: string } };
    };
    network.expire("session");
    expect((await refreshWith(first.result.data.refresh_token)).status).toBe(401);
    const other = createFaultyNetwork(quietly);
    const input = { refresh_token: first.result.data.refresh_token };
    expect((await post(other, "auth.refresh", input, "")).status).toBe(200);
  });
});

describe("blockWebSocket and goOffline", () => {
  test("sockets are refused like those a proxy lets through to nobody, requests pass", async () => {
    const network = createFaultyNetwork(quietly);
    const kept = await open(network);
    const blocked = network.blockWebSocket();
    const socket = new network.WebSocket(`${server.url.replace("http", "ws")}/trpc`);
    const events: string[] = [];
    for (const type of ["open", "error", "close"]) socket.addEventListener(type, () => events.push(type));
    await expect.poll(() => events).toEqual(["error", "close"]);
    expect((await get(network, "users.me")).status).toBe(200);
    say(kept, "on the one that was there");
    await expect.poll(kept.contents).toEqual(["on the one that was there"]);
    blocked.stop();
    await open(network);
    expect(blocked.count).toBe(1);
  });

  test("or they are never answered", async () => {
    const network = createFaultyNetwork(quietly);
    network.blockWebSocket("hang");
    const socket = new network.WebSocket(`${server.url.replace("http", "ws")}/trpc`);
    const events: string[] = [];
    for (const type of ["open", "error", "close"]) socket.addEventListener(type, () => events.push(type));
    await aWhile();
    expect(events).toEqual([]);
    socket.close();
    await expect.poll(() => events).toEqual(["error", "close"]);
  });

  test("offline there is nothing at all, until there is", async () => {
    const network = createFaultyNetwork(quietly);
    const socket = await open(network);
    const offline = network.goOffline();
    expect(await socket.closed).toMatchObject({ code: 1006 });
    await expect(get(network, "users.me")).rejects.toThrow(TypeError);
    await expect(open(network)).rejects.toThrow();
    offline.stop();
    expect((await get(network, "users.me")).status).toBe(200);
  });
});

describe("by chance", () => {
  /** Which of forty queries fail. */
  async function failures(seed: number): Promise<number[]> {
    const network = createFaultyNetwork({ seed });
    network.cutAt({ kind: "request" }, { chance: 0.3 });
    const failed: number[] = [];
    for (let n = 0; n < 40; n += 1) await get(network, "users.me").catch(() => failed.push(n));
    return failed;
  }

  test("one seed gives the same faults again, another others, about as many as asked for", async () => {
    const first = await failures(7);
    expect(first.length).toBeGreaterThan(4);
    expect(first.length).toBeLessThan(24);
    expect(await failures(7)).toEqual(first);
    expect(await failures(8)).not.toEqual(first);
  });

  test("a seed that was not given is printed", () => {
    const lines: string[] = [];
    const { seed } = createFaultyNetwork({ print: (line) => lines.push(line) });
    expect(lines).toEqual([expect.stringContaining(`createFaultyNetwork({ seed: ${seed} })`)]);
  });

  test("a bad network loses frames only with their connection", async () => {
    const network = createFaultyNetwork({ seed: 3 });
    const faults = network.atRandom({ delay: 0.2, drop: 0.1 });
    let sent = 0;
    for (let round = 0; round < 5; round += 1) {
      const socket = await open(network).catch(() => undefined);
      if (!socket) continue;
      for (let n = 0; n < 10 && socket.socket.readyState === 1; n += 1) {
        say(socket, `random ${(sent += 1)}`);
        await Promise.race([expect.poll(() => socket.contents().length).toBe(n + 1), socket.closed]);
      }
      // Whatever was answered was answered without a gap.
      const numbers = socket.contents().map((content) => Number(content.split(" ")[1]));
      expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
    }
    expect(faults.count).toBeGreaterThan(0);
    faults.stop();
  });
});
