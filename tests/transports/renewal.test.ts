import { describe, expect, test } from "vitest";
import type { FrameSocket } from "../support/frames.ts";
import { createPerson, signIn } from "../support/people.ts";
import { followEvents, openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { createVirtualClock } from "@causerie/server/testing";
import { transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Ada"]);
/** Tokens count in seconds: from here they live for exactly as long as they say. */
const wholeSecond = Math.floor(Date.now() / 1000) * 1000;

async function openSession(server: TestServer, email: string, password: string) {
  const answer = await fetch(`${server.url}/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return (await answer.json()) as { access_token: string; refresh_token: string };
}

async function refresh(server: TestServer, refresh_token: string) {
  const answer = await fetch(`${server.url}/auth/refresh`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ refresh_token }),
  });
  return (await answer.json()) as { access_token: string; refresh_token: string };
}

let calls = 100;
async function call(socket: FrameSocket, path: string, input: unknown, method = "mutation") {
  const id = (calls += 1);
  socket.send({ id, method, params: { path, input } });
  return await socket.next((frame) => frame["id"] === id);
}

describe("a socket that is renewed", () => {
  test("goes on past the expiry of the token it was opened with, and so do its subscriptions", async () => {
    const clock = createVirtualClock(wholeSecond);
    await using server = await startTestServer({ ACCESS_TOKEN_TTL: "10m" }, { clock });
    const { id, email, password } = await createPerson(server.url);
    const tokens = await openSession(server, email, password);
    const renewing = await followEvents(await openTrpcFrames(server, tokens.access_token));
    const letting = await followEvents(await openTrpcFrames(server, tokens.access_token));

    await clock.advance(9 * 60_000);
    const fresh = await refresh(server, tokens.refresh_token);
    expect(await call(renewing, "auth.renew", { token: fresh.access_token })).toMatchObject({
      result: { data: { expires_in: 600 } },
    });
    await clock.advance(2 * 60_000);
    expect(await letting.closed()).toBe(4401);
    expect(await call(renewing, "users.me", undefined, "query")).toMatchObject({ result: { data: { id } } });
    const sent = await fetch(`${server.url}/messages/`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${fresh.access_token}` },
      body: JSON.stringify({ receiver_id: null, content: "after the old expiry" }),
    });
    expect(sent.status).toBe(201);
    await renewing.next((frame) => JSON.stringify(frame).includes("after the old expiry"));

    await clock.advance(9 * 60_000);
    expect(await renewing.closed()).toBe(4401);
  });

  test("does not end sooner for an older token", async () => {
    const clock = createVirtualClock(wholeSecond);
    await using server = await startTestServer({ ACCESS_TOKEN_TTL: "10m" }, { clock });
    const { email, password } = await createPerson(server.url);
    const tokens = await openSession(server, email, password);
    await clock.advance(5 * 60_000);
    const fresh = await refresh(server, tokens.refresh_token);
    const socket = await followEvents(await openTrpcFrames(server, fresh.access_token));
    expect(await call(socket, "auth.renew", { token: tokens.access_token })).toMatchObject({
      result: { data: { expires_in: 600 } },
    });
    await clock.advance(6 * 60_000);
    expect(socket.socket.readyState).toBe(1);
    socket.close();
    await socket.closed();
  });

  test("still ends with its session", async () => {
    const { email, password, call: overRest } = await createPerson(world.server.url);
    const tokens = await openSession(world.server, email, password);
    const socket = await followEvents(await openTrpcFrames(world.server, tokens.access_token));
    const fresh = await refresh(world.server, tokens.refresh_token);
    await call(socket, "auth.renew", { token: fresh.access_token });
    await overRest("POST", "/auth/sessions/revoke-others");
    expect(await socket.closed(1000)).toBe(4401);
  });
});

describe.each(transports)("renewing over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  it("a token of another session, of another user or of nobody is refused", ["renew"], async () => {
    const person = await createPerson(world.server.url);
    const [again, somebodyElse] = [await signIn(world.server.url, person), world.people[0]!];
    const caller = await as(person);
    for (const token of [again.token, somebodyElse.token, "nonsense", person.refreshToken]) {
      await expectRefusal(caller.call("renew", { token }), "VALIDATION_FAILED", "token");
    }
    await caller.call("renew", { token: person.token });
  });

  it("nobody renews a socket that is nobody's", ["renew"], async () => {
    await expectRefusal((await as(null)).call("renew", { token: world.people[0]!.token }), "UNAUTHORIZED");
  });
});

test("over HTTP there is no socket to renew, and REST has no such path", async () => {
  const ada = world.people[0]!;
  const overHttp = await ada.call("POST", "/trpc/auth.renew", { token: ada.token });
  expect(overHttp.status).toBe(400);
  expect(await overHttp.json()).toMatchObject({
    error: { message: "Call this over a socket: over HTTP each call brings its own token." },
  });
  expect((await ada.call("POST", "/auth/renew", { token: ada.token })).status).toBe(404);
});
