import { describe, expect, test } from "vitest";
import { CauserieError } from "../errors.ts";
import { createWorld, type TabOptions } from "../outbox/outbox.testing.ts";
import { createCookieSession } from "../session/cookie-session.ts";
import type { AuthCalls } from "./auth.ts";
import { createSigningAuth } from "./signing-auth.ts";

const offline = () => new CauserieError("NETWORK", "No answer.");

/** Somebody with a cookie, whose sign-out the server answers when it is told to, and with a message that waits. */
async function createStage(options: TabOptions = {}) {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false, ...options });
  let answer: (error?: CauserieError) => void = () => undefined;
  const session = createCookieSession({
    csrf: () => "csrf token",
    calls: {
      me: async () => ({ id: 1 }),
      logout: () =>
        new Promise((resolve, reject) => {
          answer = (error) => (error ? reject(error) : resolve({}));
        }),
    },
  });
  session.onChange((change) => tab.session(change));
  await session.token();
  const waiting = tab.outbox.send({ conversation_id: 1, content: "waiting" });
  await world.clock.advance(100);
  return {
    ...{ world, tab, waiting },
    // The other calls are made by nobody here.
    auth: createSigningAuth({ calls: {} as AuthCalls, session, outbox: tab.outbox }),
    answer: (error?: CauserieError) => answer(error),
    stored: () => world.storage.load({ server: "https://chat.example", userId: 1 }),
  };
}

const codeOf = (error: unknown) => (error instanceof CauserieError ? error.code : error);

describe("signing out with a cookie", () => {
  test("that does not reach the server keeps what waits", async () => {
    const { auth, answer, tab, world, stored, waiting } = await createStage();
    const ended = auth.logout().catch(codeOf);
    await world.clock.advance(100);
    answer(offline());
    await world.clock.advance(100);
    expect(await ended).toBe("NETWORK");
    expect(auth.userId()).toBe(1);
    expect(tab.states()).toEqual({ waiting: "queued" });
    expect(await stored()).toHaveLength(1);
    tab.link(true);
    await world.clock.advance(100);
    expect(await waiting.sent).toMatchObject({ content: "waiting" });
  });

  test("forgets what waits, and what is handed over before the answer", async () => {
    const { auth, answer, tab, world, stored, waiting } = await createStage();
    const ended = auth.logout();
    await world.clock.advance(100);
    const during = tab.outbox.send({ conversation_id: 1, content: "during" });
    await world.clock.advance(100);
    answer();
    await Promise.all([ended, world.clock.advance(100)]);
    for (const { sent } of [waiting, during]) expect(await sent.catch(codeOf)).toBe("ABORTED");
    expect(await stored()).toEqual([]);
  });

  test("with keepOutbox leaves what waits on the device", async () => {
    const { auth, answer, tab, world, stored } = await createStage();
    const ended = auth.logout({ keepOutbox: true });
    await world.clock.advance(100);
    answer();
    await Promise.all([ended, world.clock.advance(100)]);
    expect(tab.outbox.getSnapshot()).toEqual([]);
    expect(await stored()).toHaveLength(1);
  });

  test.each([
    ["fails", () => Promise.reject(new Error("broken"))],
    ["never answers", () => new Promise<never>(() => undefined)],
  ])("goes through with a storage that %s", async (_what, broken) => {
    const storage = { isShared: true, load: broken, put: broken, remove: broken };
    const { auth, answer, tab, world, waiting } = await createStage({ storage });
    const ended = auth.logout();
    await world.clock.advance(100);
    answer();
    await world.clock.advance(20_000);
    await ended;
    expect(auth.lost()).toBe("signed_out");
    expect(await waiting.sent.catch(codeOf)).toBe("ABORTED");
    expect(tab.volatile).toEqual(["STORAGE_UNAVAILABLE"]);
  });
});
