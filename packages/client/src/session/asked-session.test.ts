import { describe, expect, test } from "vitest";
import { CauserieError } from "../errors.ts";
import { createAppSession } from "./app-session.ts";
import { createCookieSession } from "./cookie-session.ts";
import { passing, refusal, settled } from "./session.testing.ts";
import type { Session, SessionChange } from "./session.ts";

/** A server that knows whose each token or CSRF token is. */
function createServer(users: Record<string, number>, proofOf: (token?: string) => string | undefined) {
  const asked: (string | undefined)[] = [];
  const logouts: (string | undefined)[] = [];
  const server = {
    users,
    asked,
    logouts,
    down: false,
    calls: {
      async me(token?: string) {
        asked.push(token);
        if (server.down) throw passing();
        const id = users[proofOf(token) ?? ""];
        if (id === undefined) throw refusal();
        return { id };
      },
      async logout(token?: string) {
        if (server.down) throw passing();
        logouts.push(token);
      },
    },
  };
  return server;
}

function listen(session: Session): SessionChange[] {
  const changes: SessionChange[] = [];
  session.onChange((change) => changes.push(change));
  return changes;
}

describe("a session of the app's own tokens", () => {
  const start = (source: Parameters<typeof createAppSession>[0]["source"]) => {
    const server = createServer({ a1: 1, a2: 1, b1: 2 }, (token) => token);
    const session = createAppSession({ calls: server.calls, source });
    return { server, session, changes: listen(session) };
  };

  test("asks the function each time, and the server only whose a new token is", async () => {
    const tokens = ["a1", "a1", "a2", "b1"];
    const { server, session, changes } = start(async () => tokens.shift());
    expect([session.userId(), session.lost(), session.isStale()]).toEqual([undefined, undefined, true]);
    for (const token of ["a1", "a1", "a2", "b1"]) expect(await session.token()).toBe(token);
    expect(server.asked).toEqual(["a1", "a2", "b1"]);
    expect(changes).toEqual([
      { type: "signed_in", userId: 1 },
      { type: "renewed", by: "this_client", token: "a2", expiresIn: null },
      { type: "signed_in", userId: 2 },
    ]);
  });

  test("asks once for all who ask at once", async () => {
    let asked = 0;
    const { session } = start(async () => ((asked += 1), "a1"));
    expect(await Promise.all([session.token(), session.token()])).toEqual(["a1", "a1"]);
    expect(asked).toBe(1);
  });

  test("is over when the function gives the refused token again, and goes on with another", async () => {
    let token = "a1";
    const { session, changes } = start(() => token);
    await session.token();
    await expect(session.token("a1")).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect([session.lost(), session.userId()]).toEqual(["session_ended", undefined]);
    await expect(session.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    token = "a2";
    expect(await session.token()).toBe("a2");
    expect(changes.map(({ type }) => type)).toEqual(["signed_in", "lost", "signed_in"]);
  });

  test("is over when two tokens in a row are refused", async () => {
    let count = 0;
    const { server, session } = start(() => `bad${(count += 1)}`);
    await expect(session.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(server.asked).toEqual(["bad1", "bad2"]);
    expect(session.lost()).toBe("session_ended");
  });

  test("is over when the function has none any more; without one from the start nobody was signed in", async () => {
    const tokens = ["a1"];
    const { session } = start(() => tokens.shift());
    await session.token();
    await expect(session.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(session.lost()).toBe("session_ended");
    expect(start(undefined).session.lost()).toBe("no_credentials");
    const never = start(() => undefined).session;
    await expect(never.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(never.lost()).toBe("no_credentials");
  });

  test("a function that fails, and a server out of reach, pass", async () => {
    let failing = true;
    const { server, session, changes } = start(() => {
      if (failing) throw new Error("The app cannot say.");
      return "a1";
    });
    await expect(session.token()).rejects.toMatchObject({ code: "NO_TOKEN" });
    failing = false;
    server.down = true;
    await expect(session.token()).rejects.toMatchObject({ code: "NETWORK" });
    expect([changes, session.lost()]).toEqual([[], undefined]);
    server.down = false;
    expect(await session.token()).toBe("a1");
  });

  test("another token counts from when it is set, also during a question about the former", async () => {
    let release = (_token: string) => {};
    const slow = new Promise<string>((resolve) => (release = resolve));
    const { session, changes } = start(() => slow);
    const token = session.token();
    await settled();
    const set = session.setToken("b1");
    release("a1");
    expect(await token).toBe("b1");
    await set;
    expect(changes).toEqual([{ type: "signed_in", userId: 2 }]);
  });

  test("a sign-out tells the server if it can, and the same token is no sign-in", async () => {
    const { server, session, changes } = start("a1");
    await session.token();
    await session.end("signed_out");
    expect(server.logouts).toEqual(["a1"]);
    await expect(session.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(changes.at(-1)).toEqual({ type: "lost", reason: "signed_out" });
    await session.setToken("a2");
    server.down = true;
    await session.end("signed_out");
    expect(session.lost()).toBe("signed_out");
  });
});

describe("a session in a cookie", () => {
  const start = (cookie: string | undefined) => {
    const page = { cookie };
    const server = createServer({ csrf1: 1, csrf2: 1, csrf3: 2 }, () => page.cookie);
    const session = createCookieSession({ calls: server.calls, csrf: () => page.cookie });
    return { page, server, session, changes: listen(session) };
  };

  test("has no token, and asks once who is signed in", async () => {
    const { server, session, changes } = start("csrf1");
    expect([session.userId(), session.lost(), session.isStale()]).toEqual([undefined, undefined, true]);
    expect(await Promise.all([session.token(), session.token()])).toEqual([undefined, undefined]);
    expect(await session.token()).toBeUndefined();
    expect([server.asked.length, session.userId(), session.isStale()]).toEqual([1, 1, false]);
    expect(changes).toEqual([{ type: "signed_in", userId: 1 }]);
  });

  test("without the cookie nobody is signed in, and nobody is asked", async () => {
    const { server, session } = start(undefined);
    expect(session.lost()).toBe("no_credentials");
    await expect(session.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(server.asked).toEqual([]);
  });

  test("that has ended on the server is over", async () => {
    const { session } = start("unknown");
    await expect(session.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(session.lost()).toBe("session_ended");
  });

  test("whose cookie is gone was signed out in another tab; a new one is another sign-in", async () => {
    const { page, session, changes } = start("csrf1");
    await session.token();
    page.cookie = undefined;
    await expect(session.token()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    page.cookie = "csrf3";
    await session.token();
    expect(changes).toEqual([
      { type: "signed_in", userId: 1 },
      { type: "lost", reason: "signed_out" },
      { type: "signed_in", userId: 2 },
    ]);
  });

  test("of another user is noticed before the next call", async () => {
    const { page, session, changes } = start("csrf1");
    await session.token();
    page.cookie = "csrf3";
    await session.token();
    expect(changes.at(-1)).toEqual({ type: "signed_in", userId: 2 });
  });

  test("begins with a sign-in, also of the same user", async () => {
    const { page, session, changes } = start(undefined);
    page.cookie = "csrf1";
    await session.adopt();
    page.cookie = "csrf2";
    await session.adopt();
    expect(changes).toEqual([
      { type: "signed_in", userId: 1 },
      { type: "signed_in", userId: 1 },
    ]);
  });

  test("is not over while the server, which alone can end it, is not reached", async () => {
    const { server, session } = start("csrf1");
    await session.token();
    server.down = true;
    await expect(session.end("signed_out")).rejects.toBeInstanceOf(CauserieError);
    expect([session.lost(), session.userId()]).toEqual([undefined, 1]);
    server.down = false;
    await session.end("signed_out");
    expect([session.lost(), server.logouts]).toEqual(["signed_out", [undefined]]);
  });
});
