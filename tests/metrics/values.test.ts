import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { openAll } from "../support/live-connections.ts";
import { createPerson, password } from "../support/people.ts";
import { followEvents, openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { scrape, valueOf } from "./scrape.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({}, { realPasswordHashing: true });
});
afterAll(() => server[Symbol.asyncDispose]());

type Labels = Readonly<Record<string, string>>;

/** How much each value grows while `work` is done. */
async function growth(values: readonly (readonly [string, Labels?])[], work: () => Promise<unknown>) {
  const before = await scrape(server);
  await work();
  const after = await scrape(server);
  return values.map(([name, labels]) => valueOf(after, name, labels) - valueOf(before, name, labels));
}

const now = async (name: string, labels?: Labels) => valueOf(await scrape(server), name, labels);

describe("what happens moves its metric", () => {
  test("a send, its repetition and one that fails", async () => {
    const person = await createPerson(server.url);
    const send = (receiver_id: number, key: string) =>
      person.call("POST", "/messages/", { receiver_id, content: "Bonjour" }, { "idempotency-key": key });
    const grown = await growth(
      [
        ["causerie_sends_total", { outcome: "stored" }],
        ["causerie_sends_total", { outcome: "duplicate" }],
        ["causerie_sends_total", { outcome: "failed" }],
        ["causerie_calls_total", { procedure: "messages.send", outcome: "ok" }],
        ["causerie_calls_total", { procedure: "messages.send", outcome: "NOT_FOUND" }],
      ],
      async () => {
        await send(person.id, "one");
        await send(person.id, "one");
        await send(999_999, "two");
      },
    );
    expect(grown).toEqual([1, 1, 1, 2, 1]);
  });

  test("a send on the chat socket", async () => {
    const { id, token } = await createPerson(server.url);
    const chat = await openFrames(`${server.wsUrl}/messages/ws?token=${token}`);
    const stored = ["causerie_sends_total", { outcome: "stored" }] as const;
    const grown = await growth([stored, ["causerie_deliveries_total"]], async () => {
      chat.send({ type: "send_message", receiver_id: id, content: "Bonjour" });
      await chat.next(({ type }) => type === "new_message");
    });
    // The conversation that it began is nothing that this socket tells.
    expect(grown).toEqual([1, 1]);
    chat.close();
  });

  test("a commit: how many writes shared it, how long it took, and its sync", async () => {
    const person = await createPerson(server.url);
    const before = await scrape(server);
    const sends = Array.from({ length: 20 }, (_, n) =>
      person.call("POST", "/messages/", { receiver_id: null, content: `${n}` }),
    );
    await Promise.all(sends);
    const after = await scrape(server);
    const grown = (name: string) => valueOf(after, name) - valueOf(before, name);
    expect(grown("causerie_commit_jobs_sum")).toBeGreaterThanOrEqual(20);
    const commits = grown("causerie_commit_jobs_count");
    expect(commits).toBeGreaterThan(0);
    expect(grown("causerie_commit_seconds_count")).toBe(commits);
    expect(grown("causerie_commit_sync_seconds_count")).toBe(commits);
    expect(grown("causerie_commit_sync_seconds_sum")).toBeGreaterThan(0);
    expect(grown("causerie_commit_sync_seconds_sum")).toBeLessThan(grown("causerie_commit_seconds_sum"));
  });

  test("sign-ins, and the passwords that are hashed for them", async () => {
    const { email } = await createPerson(server.url);
    const signIn = (given: string) =>
      fetch(`${server.url}/auth/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email, password: given }),
      });
    const grown = await growth(
      [
        ["causerie_calls_total", { procedure: "auth.login", outcome: "ok" }],
        ["causerie_calls_total", { procedure: "auth.login", outcome: "INVALID_CREDENTIALS" }],
      ],
      () => Promise.all([signIn(password), signIn("wrong-password")]),
    );
    expect(grown).toEqual([1, 1]);

    const burst = Array.from({ length: 12 }, () => signIn(password));
    await expect
      .poll(() => now("causerie_password_hashes", { state: "waiting" }), { interval: 1 })
      .toBeGreaterThan(0);
    expect(await now("causerie_password_hashes", { state: "running" })).toBeGreaterThan(0);
    await Promise.all(burst);
    expect(await now("causerie_password_hashes")).toBe(0);
  });

  test("connections of each kind, and subscriptions", async () => {
    const kinds = ["trpc", "activity", "chat", "sse"];
    const count = async () => {
      const samples = await scrape(server);
      const open = kinds.map((kind) => valueOf(samples, "causerie_connections", { kind }));
      return [...open, valueOf(samples, "causerie_subscriptions")];
    };
    await expect.poll(count).toEqual([0, 0, 0, 0, 0]);
    const all = await openAll(server, await createPerson(server.url));
    expect(await count()).toEqual([1, 1, 1, 1, 2]);
    for (const each of [all.trpc, all.activity, all.chat, all.sse]) each.close();
    await expect.poll(count).toEqual([0, 0, 0, 0, 0]);
  });

  test("sockets that the server closes, by their code", async () => {
    const closed = { kind: "trpc", code: "4401" };
    const grown = await growth([["causerie_sockets_closed_total", closed]], async () => {
      const socket = await openTrpcFrames(server, "not.a.token");
      expect(await socket.closed()).toBe(4401);
    });
    expect(grown).toEqual([1]);
  });

  test("how streams began", async () => {
    const person = await createPerson(server.url);
    const { cursor } = (await (await person.call("GET", "/bootstrap")).json()) as { cursor: string };
    const resume = async (lastEventId: string) => {
      const socket = await openTrpcFrames(server, person.token);
      const params = { path: "events.stream", input: { lastEventId } };
      socket.send({ id: 1, method: "subscription", params });
      await socket.next(({ result }) => (result as { type?: string }).type === "data");
      socket.close();
    };
    const grown = await growth(
      [
        ["causerie_resumes_total", { outcome: "caught_up" }],
        ["causerie_resumes_total", { outcome: "resumed" }],
        ["causerie_resumes_total", { outcome: "reset" }],
        ["causerie_resumes_total", { outcome: "fresh" }],
      ],
      async () => {
        await resume(cursor);
        await resume(`another:1`);
        await person.call("POST", "/messages/", { receiver_id: null, content: "missed" });
        await resume(cursor);
        (await followEvents(await openTrpcFrames(server, person.token))).close();
      },
    );
    expect(grown).toEqual([1, 1, 1, 1]);
  });

  test("what a reader leaves unread waits in its outbox", async () => {
    const reader = await createPerson(server.url);
    const socket = await openTrpcFrames(server, reader.token);
    // Each message comes once for each subscription, so that the system's own buffers fill soon.
    for (let id = 1; id <= 20; id += 1)
      socket.send({ id, method: "subscription", params: { path: "events.stream", input: {} } });
    await socket.next(({ id, result }) => id === 20 && (result as { type?: string }).type === "data");
    socket.socket.pause();
    const content = "x".repeat(4000);
    const waits = async () => {
      for (let n = 0; n < 4; n += 1)
        await reader.call("POST", "/messages/", { receiver_id: reader.id, content });
      return await now("causerie_outbox_bytes");
    };
    await expect.poll(waits, { timeout: 15_000 }).toBeGreaterThan(10_000);
    socket.socket.terminate();
    await expect.poll(() => now("causerie_outbox_bytes")).toBe(0);
  });

  test("the process: memory, processor time, descriptors, and the delay of its event loop", async () => {
    const samples = await scrape(server);
    for (const name of [
      "process_resident_memory_bytes",
      "process_cpu_seconds_total",
      "process_open_fds",
      "process_start_time_seconds",
      "nodejs_eventloop_lag_p99_seconds",
      "nodejs_heap_size_used_bytes",
    ]) {
      expect(valueOf(samples, name), name).toBeGreaterThan(0);
    }
  });
});

test("nothing in it tells who or what: no name, address, text, token or id", async () => {
  const secret = "Xanthippe";
  const person = await createPerson(server.url, secret);
  await person.call("POST", "/messages/", { receiver_id: person.id, content: `to ${secret}` });
  await person.call("GET", `/users/${secret}`);
  await fetch(`${server.url}/${secret}`);
  await fetch(`${server.url}/trpc/${secret}.${secret}`);
  const all = await openAll(server, person);
  const text = await (await fetch(`${server.url}/metrics`)).text();
  for (const word of [secret, person.email, person.token, "127.0.0.1"]) expect(text).not.toContain(word);
  const ours = (await scrape(server)).filter(({ name }) => name.startsWith("causerie_"));
  const names = new Set(ours.flatMap(({ labels }) => Object.keys(labels)));
  expect([...names].sort()).toEqual(["code", "kind", "le", "outcome", "procedure", "state"]);
  for (const each of [all.trpc, all.activity, all.chat, all.sse]) each.close();
});

test("a hundred scrapes at once during sends hurt nobody, and none is refused", async () => {
  const person = await createPerson(server.url);
  const scrapes = Array.from({ length: 100 }, () => scrape(server));
  const sends = Array.from({ length: 50 }, (_, n) =>
    person.call("POST", "/messages/", { receiver_id: null, content: `${n}` }),
  );
  for (const { status } of await Promise.all(sends)) expect(status).toBe(201);
  expect(await Promise.all(scrapes)).toHaveLength(100);
});

test("two servers in one process count for themselves", async () => {
  await using other = await startTestServer();
  await createPerson(other.url);
  const registered = { procedure: "auth.register", outcome: "ok" };
  expect(valueOf(await scrape(other), "causerie_calls_total", registered)).toBe(1);
});
