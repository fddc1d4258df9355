import type { Session } from "@causerie/shared";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFrames } from "../support/frames.ts";
import { expectAllEnd, openAll } from "../support/live-connections.ts";
import { createPerson, signIn, type Person } from "../support/people.ts";
import { followEvents, openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { trpcOverSocket } from "../support/trpc.ts";
import { createVirtualClock } from "@causerie/server/testing";
import { transports, useTransport, useWorld } from "./fixtures/index.ts";

const world = useWorld(["Ada"]);
const newSession = () => signIn(world.server.url, world.people[0]!);
const statusOf = async (person: Person) => (await person.call("GET", "/auth/me")).status;
const withToken = (token: string) =>
  fetch(`${world.server.url}/auth/me`, { headers: { authorization: `Bearer ${token}` } }).then(
    ({ status }) => status,
  );

describe("the end of a session", () => {
  test("signing out ends every connection of the session within a second, and its token everywhere", async () => {
    const person = await newSession();
    const all = await openAll(world.server, person);
    const [answer] = await Promise.all([person.call("POST", "/auth/logout"), expectAllEnd(all)]);
    expect(await answer.json()).toEqual({ message: "Signed out." });
    expect(await statusOf(person)).toBe(401);
    const refused = await Promise.all([
      openTrpcFrames(world.server, person.token),
      openFrames(`${world.server.wsUrl}/users/ws/${person.token}`),
      openFrames(`${world.server.wsUrl}/messages/ws?token=${person.token}`),
    ]);
    expect(await Promise.all(refused.map((socket) => socket.closed()))).toEqual([4401, 4001, 4001]);
  });

  test("signing out over a socket is answered before that socket closes", async () => {
    await using socket = trpcOverSocket(world.server, (await newSession()).token);
    expect(await socket.client.auth.logout.mutate()).toEqual({ message: "Signed out." });
    await expect.poll(() => socket.closeCodes).toContain(4401);
  });

  test("other sessions of the same user go on", async () => {
    const [one, other] = [await newSession(), await newSession()];
    const { trpc, chat, sse } = await openAll(world.server, other);
    await one.call("POST", "/auth/logout");
    chat.send({ type: "ping" });
    await chat.next(({ type }) => type === "pong");
    expect(await statusOf(other)).toBe(200);
    expect([trpc, chat].map(({ socket }) => socket.readyState)).toEqual([1, 1]);
    sse.close();
    await other.call("POST", "/auth/logout");
  });

  test("a new password ends the connections of the other sessions and not those of this one", async () => {
    const person = await createPerson(world.server.url);
    const others = await openAll(world.server, await signIn(world.server.url, person));
    const own = await openAll(world.server, person);
    const changes = { password: "another-password", current_password: person.password };
    // Hashing two passwords takes its time before anything ends.
    await person.call("PUT", "/users/me", changes);
    await expectAllEnd(others);
    own.chat.send({ type: "ping" });
    await own.chat.next(({ type }) => type === "pong");
    own.sse.close();
    for (const { socket } of [own.trpc, own.activity, own.chat]) socket.terminate();
  });

  test("nothing that happens afterwards reaches its sockets", async () => {
    const person = await newSession();
    const { trpc, chat, activity, sse } = await openAll(world.server, person);
    await person.call("POST", "/auth/logout");
    await world.people[0]!.call("POST", "/messages/", { receiver_id: null, content: "too late for them" });
    await Promise.all([trpc, chat, activity].map((socket) => socket.closed()));
    await sse.ended;
    expect(JSON.stringify([trpc.frames, chat.frames, activity.frames, sse.events])).not.toContain("too late");
  });
});

describe("tokens that expire", () => {
  test("a long-lived token and its connections end when it expires", async () => {
    await using server = await startTestServer({ SEED_TOKEN_TTL: "2s", ACCESS_TOKEN_TTL: "1s" });
    const person = await createPerson(server.url);
    await expectAllEndWithin(3000, await openAll(server, person));
    expect(await statusOf(person)).toBe(401);
  });

  test("the lifetime that a sign-in announces is the one its token has", async () => {
    const clock = createVirtualClock();
    await using server = await startTestServer({ SEED_TOKEN_TTL: "2h", ACCESS_TOKEN_TTL: "10m" }, { clock });
    const person = await createPerson(server.url);
    const answer = await person.call("POST", "/auth/login", {
      email: person.email,
      password: person.password,
    });
    const { access_token, expires_in } = (await answer.json()) as {
      access_token: string;
      expires_in: number;
    };
    expect(expires_in).toBe(600);
    const status = () =>
      fetch(`${server.url}/auth/me`, { headers: { authorization: `Bearer ${access_token}` } }).then(
        (me) => me.status,
      );
    await clock.advance(598_000);
    expect(await status()).toBe(200);
    await clock.advance(3_000);
    expect(await status()).toBe(401);
    expect(await statusOf(person)).toBe(200);
  });

  async function expectAllEndWithin(ms: number, all: Awaited<ReturnType<typeof openAll>>): Promise<void> {
    await all.chat.closed(ms);
    await expectAllEnd(all);
  }
});

describe.each(transports.filter(({ missing }) => missing.refresh === undefined))(
  "renewal over $name",
  (transport) => {
    const { it, as, expectRefusal } = useTransport(transport, world);

    it("a refresh token is taken once and gives the next, and a new access token", ["refresh"], async () => {
      const person = await newSession();
      const nobody = await as(null);
      const renewed = await nobody.call("refresh", { refresh_token: person.refreshToken });
      expect(renewed.refresh_token).not.toBe(person.refreshToken);
      expect(renewed).toMatchObject({ token_type: "bearer", expires_in: 24 * 3600 });
      expect(await withToken(renewed.access_token)).toBe(200);
      const next = await nobody.call("refresh", { refresh_token: renewed.refresh_token });
      expect(new Set([person.refreshToken, renewed.refresh_token, next.refresh_token]).size).toBe(3);
    });

    it(
      "an answer that was lost is given again: the same token has the same successor",
      ["refresh"],
      async () => {
        const person = await newSession();
        const nobody = await as(null);
        const refresh = () => nobody.call("refresh", { refresh_token: person.refreshToken });
        const answers = [await refresh(), ...(await Promise.all([refresh(), refresh()]))];
        expect(new Set(answers.map(({ refresh_token }) => refresh_token)).size).toBe(1);
        for (const { access_token } of answers) expect(await withToken(access_token)).toBe(200);
      },
    );

    it(
      "an old refresh token that comes back ends the session with all its connections",
      ["refresh"],
      async () => {
        const person = await newSession();
        const all = await openAll(world.server, person);
        const nobody = await as(null);
        const second = await nobody.call("refresh", { refresh_token: person.refreshToken });
        const third = await nobody.call("refresh", { refresh_token: second.refresh_token });
        const stolen = nobody.call("refresh", { refresh_token: person.refreshToken });
        await Promise.all([expectRefusal(stolen, "UNAUTHORIZED"), expectAllEnd(all)]);
        await expectRefusal(nobody.call("refresh", { refresh_token: third.refresh_token }), "UNAUTHORIZED");
        expect(await withToken(third.access_token)).toBe(401);
      },
    );

    it(
      "with a bearer token instead, the session goes on under a new token and the old one is refused",
      ["refresh"],
      async () => {
        const person = await newSession();
        const caller = await transport.open(world.server, person);
        const renewed = await caller.call("refresh", {});
        expect(renewed).not.toHaveProperty("refresh_token");
        expect(await statusOf(person)).toBe(401);
        expect(await withToken(renewed.access_token)).toBe(200);
        await expectRefusal(caller.call("refresh", {}), "UNAUTHORIZED");
      },
    );

    it(
      "a forged refresh token, one of an ended session, and none at all are refused",
      ["refresh"],
      async () => {
        const person = await newSession();
        const nobody = await as(null);
        const [sessionId] = person.refreshToken.split(".");
        const bits = "q2J0c0V4YW1wbGVPbmx5Tm90QVJlYWxUb2tlbkF0QWx";
        const forged = [
          "nonsense",
          "x.y",
          `${sessionId}.short`,
          `${sessionId}.${bits}`,
          // Whoever only knows the session's id must not be able to end it as a thief would.
          `${sessionId}.${bits}.${bits}`,
          person.refreshToken.slice(0, -2) + (person.refreshToken.endsWith("AA") ? "BB" : "AA"),
          `${person.refreshToken}A`,
        ];
        for (const refresh_token of forged) {
          await expectRefusal(nobody.call("refresh", { refresh_token }), "UNAUTHORIZED");
        }
        await nobody.call("refresh", { refresh_token: person.refreshToken });
        await expectRefusal(nobody.call("refresh", {}), "UNAUTHORIZED");
        expect(await statusOf(person)).toBe(200);
        await person.call("POST", "/auth/logout");
        await expectRefusal(nobody.call("refresh", { refresh_token: person.refreshToken }), "UNAUTHORIZED");
      },
    );
  },
);

describe("time", () => {
  const clock = createVirtualClock();
  let server: TestServer;
  let person: Person;
  beforeAll(async () => {
    server = await startTestServer({ REFRESH_TOKEN_TTL: "30d" }, { clock });
    person = await createPerson(server.url);
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const refresh = async (refresh_token: string, attempt?: { readonly attempt_id: string }) => {
    const answer = await person.call("POST", "/auth/refresh", { refresh_token, ...attempt });
    return {
      status: answer.status,
      ...((await answer.json()) as { refresh_token: string; access_token: string }),
    };
  };

  test("a used refresh token is forgiven for ten seconds, and then it ends the session", async () => {
    const session = await signIn(server.url, person);
    const first = await refresh(session.refreshToken);
    await clock.advance(9_000);
    expect(await refresh(session.refreshToken)).toMatchObject({
      status: 200,
      refresh_token: first.refresh_token,
    });
    await clock.advance(2_000);
    expect((await refresh(session.refreshToken)).status).toBe(401);
    expect((await refresh(first.refresh_token)).status).toBe(401);
  });

  test("a socket that does not say who it is is closed with 4408 after five seconds, and no sooner", async () => {
    const sockets = [await openTrpcFrames(server), await openFrames(`${server.wsUrl}/trpc`)];
    const known = await followEvents(await openTrpcFrames(server, person.token));
    await clock.advance(4_900);
    // Signs of life do not extend the wait.
    for (const socket of sockets) socket.send("PING");
    for (const socket of sockets) expect(await socket.next()).toEqual({ type: "PONG" });
    await clock.advance(200);
    expect(await Promise.all(sockets.map((socket) => socket.closed()))).toEqual([4408, 4408]);
    expect(known.socket.readyState).toBe(1);
    known.close();
    await known.closed();
  });

  test("a session shows when it was last used, to within five minutes", async () => {
    const session = await signIn(server.url, person);
    const lastUsed = async () => {
      const listed = (await (await session.call("GET", "/auth/sessions")).json()) as Session[];
      return listed.find(({ current }) => current)?.last_used_at;
    };
    const opened = new Date(clock.now()).toISOString();
    clock.skip(4 * 60_000);
    expect(await lastUsed()).toBe(opened);
    expect(await lastUsed()).toBe(opened);
    clock.skip(2 * 60_000);
    const used = new Date(clock.now()).toISOString();
    await expect.poll(lastUsed).toBe(used);
  });

  describe("a refresh that names its attempt", () => {
    const attempt = { attempt_id: "b5b3a3a0-9a3f-4f3e-8f43-2f1f4dd4d7a1" };
    const another = { attempt_id: "0d8a2a46-1df0-4c0b-8a11-6b1f1d0e9c55" };

    test("is answered again with the same successor, however late, until that was used", async () => {
      const session = await signIn(server.url, person);
      const first = await refresh(session.refreshToken, attempt);
      for (const minutes of [1, 60, 24 * 60]) {
        clock.skip(minutes * 60_000);
        const again = await refresh(session.refreshToken, attempt);
        expect(again).toMatchObject({ status: 200, refresh_token: first.refresh_token });
        const me = await fetch(`${server.url}/auth/me`, {
          headers: { authorization: `Bearer ${again.access_token}` },
        });
        expect(me.status).toBe(200);
      }
      const next = await refresh(first.refresh_token, another);
      expect(next.status).toBe(200);
      expect((await refresh(session.refreshToken, attempt)).status).toBe(401);
      expect((await refresh(next.refresh_token)).status).toBe(401);
    });

    test.for([
      ["without an attempt", undefined],
      ["under another attempt", another],
    ] as const)("ends the session when its token comes back late %s", async ([, theirs]) => {
      const session = await signIn(server.url, person);
      const first = await refresh(session.refreshToken, attempt);
      clock.skip(11_000);
      expect((await refresh(session.refreshToken, theirs)).status).toBe(401);
      expect((await refresh(first.refresh_token, attempt)).status).toBe(401);
    });

    test("is not vouched for by the attempt of an earlier refresh", async () => {
      const session = await signIn(server.url, person);
      const first = await refresh(session.refreshToken, attempt);
      await refresh(first.refresh_token);
      clock.skip(11_000);
      expect((await refresh(first.refresh_token, attempt)).status).toBe(401);
    });

    test.for(["fifteen-letters", "x".repeat(65), "sixteen letters or", "é".repeat(16)])(
      "is refused with the attempt %j",
      async (attempt_id) => {
        const session = await signIn(server.url, person);
        expect((await refresh(session.refreshToken, { attempt_id })).status).toBe(422);
        expect((await refresh(session.refreshToken, attempt)).status).toBe(200);
      },
    );
  });

  test("a session ends after its whole lifetime, however often it was renewed", async () => {
    const session = await signIn(server.url, person);
    let current = session.refreshToken;
    for (let day = 1; day <= 29; day += 1) {
      clock.skip(24 * 3600_000);
      const renewed = await refresh(current);
      expect(renewed.status).toBe(200);
      current = renewed.refresh_token;
    }
    clock.skip(24 * 3600_000);
    expect((await refresh(current)).status).toBe(401);
  });
});

test.for(["nonsense", "a.b.c", ""])(
  "a socket with the token %j is closed: 4401 on /trpc, 4001 on the seed's",
  async (token) => {
    const sockets = [
      await openTrpcFrames(world.server, token),
      await openFrames(`${world.server.wsUrl}/messages/ws?token=${token}`),
      ...(token === "" ? [] : [await openFrames(`${world.server.wsUrl}/users/ws/${token}`)]),
    ];
    const codes = await Promise.all(sockets.map((socket) => socket.closed()));
    expect(codes).toEqual([4401, 4001, 4001].slice(0, sockets.length));
  },
);
