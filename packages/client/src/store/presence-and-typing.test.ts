import { describe, expect, test, vi } from "vitest";
import { CauserieError } from "../errors.ts";
import type { UserStatus } from "../types.ts";
import { createStage, type Stage } from "./store-stage.testing.ts";

const nothing = () => undefined;
const timestamp = "2026-01-01T00:00:00.000Z";

function connected(): Stage {
  const stage = createStage();
  stage.connect();
  stage.automatic();
  return stage;
}

const running = (stage: Stage) => stage.subscriptions.filter(({ isStopped }) => !isStopped);
const latest = (stage: Stage) => stage.subscriptions.at(-1)!;

/** What the server says holds now, on the subscription made last. */
function states(stage: Stage, statuses: Record<number, UserStatus>, conversationIds: number[] = []) {
  const users = Object.entries(statuses).map(([id, status]) => ({ user_id: Number(id), status }));
  latest(stage).subscriber.onItem(
    { type: "presence.states", users, conversation_ids: conversationIds, timestamp },
    undefined,
  );
}

function types(stage: Stage, conversationId: number, userId: number, typing = true) {
  latest(stage).subscriber.onItem(
    { type: "typing", conversation_id: conversationId, user_id: userId, typing, expires_at: timestamp },
    undefined,
  );
}

/** Who types in conversation 7, as somebody looks at it. */
async function watchedTyping() {
  const stage = connected();
  const store = stage.stores.typing.of(7);
  store.subscribe(nothing);
  await stage.clock.advance(200);
  states(stage, {}, [7]);
  return { stage, store };
}

describe("what is watched", () => {
  test("is gathered for 200 ms into one subscription for users and conversations", async () => {
    const stage = connected();
    for (const id of [3, 1, 2]) stage.stores.presence.of(id).subscribe(nothing);
    stage.stores.typing.of(7).subscribe(nothing);
    stage.stores.presence.of(1).subscribe(nothing);
    await stage.clock.advance(199);
    expect(stage.subscriptions).toHaveLength(0);
    await stage.clock.advance(1);
    expect(stage.subscriptions).toMatchObject([{ input: { user_ids: [3, 1, 2], conversation_ids: [7] } }]);
    expect(stage.wanted()).toBeGreaterThan(0);
  });

  test("is at most 200 users and 50 conversations, the latest wanted", async () => {
    const stage = connected();
    for (let id = 1; id <= 300; id += 1) stage.stores.presence.of(id).subscribe(nothing);
    for (let id = 1; id <= 60; id += 1) stage.stores.typing.of(id).subscribe(nothing);
    await stage.clock.advance(200);
    const { input } = latest(stage);
    expect(input.user_ids).toHaveLength(200);
    expect(input.user_ids).toContain(300);
    expect(input.user_ids).not.toContain(100);
    expect(input.conversation_ids).toHaveLength(50);
    expect(input.conversation_ids).not.toContain(10);
  });

  test("is told anew before the old subscription is stopped, and replaced when the new one says what holds", async () => {
    const stage = connected();
    const first = stage.stores.presence.of(1);
    first.subscribe(nothing);
    await stage.clock.advance(200);
    states(stage, { 1: "online" });
    stage.stores.presence.of(2).subscribe(nothing);
    await stage.clock.advance(200);
    expect(running(stage)).toHaveLength(2);
    expect(first.getSnapshot()).toBe("online");
    states(stage, { 1: "inactive", 2: "online" });
    await stage.clock.advance(1);
    expect(running(stage)).toEqual([latest(stage)]);
    expect(first.getSnapshot()).toBe("inactive");
  });

  test("does not change when somebody looks away and back at once", async () => {
    const stage = connected();
    const stop = stage.stores.presence.of(1).subscribe(nothing);
    await stage.clock.advance(200);
    states(stage, { 1: "online" });
    stop();
    const again = stage.stores.presence.of(1);
    again.subscribe(nothing);
    await stage.clock.advance(1_000);
    expect(stage.subscriptions).toHaveLength(1);
    expect(again.getSnapshot()).toBe("online");
  });

  test("ends when nobody looks any more", async () => {
    const stage = connected();
    const stops = [
      stage.stores.presence.of(1).subscribe(nothing),
      stage.stores.typing.of(2).subscribe(nothing),
    ];
    await stage.clock.advance(200);
    for (const stop of stops) stop();
    await stage.clock.advance(200);
    expect(running(stage)).toEqual([]);
  });

  test("is started on each new connection at once, and again after it ended unasked", async () => {
    const stage = connected();
    stage.stores.presence.of(1).subscribe(nothing);
    await stage.clock.advance(200);
    stage.lose();
    stage.connect();
    expect(stage.subscriptions).toHaveLength(2);
    latest(stage).subscriber.onEnd(undefined);
    await stage.clock.advance(30_000);
    expect(stage.subscriptions).toHaveLength(3);
  });
});

describe("in a page that is hidden", () => {
  async function watching(transport: "websocket" | "sse") {
    const stage = createStage();
    stage.connect(transport);
    const store = stage.stores.presence.of(1);
    store.subscribe(nothing);
    await stage.clock.advance(200);
    states(stage, { 1: "online" });
    return { stage, store };
  }

  test("the stream of its own ends over SSE, also that of another connection, and begins when the page is shown", async () => {
    const { stage, store } = await watching("sse");
    stage.signal("hidden");
    expect(running(stage)).toEqual([]);
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toBe("unknown");
    stage.lose();
    stage.connect("sse");
    stage.stores.presence.of(2).subscribe(nothing);
    await stage.clock.advance(60_000);
    expect(running(stage)).toEqual([]);
    stage.signal("shown");
    await stage.clock.advance(200);
    expect(running(stage)).toMatchObject([{ input: { user_ids: [1, 2] } }]);
    states(stage, { 1: "inactive" });
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toBe("inactive");
  });

  test("nothing changes on a socket, nor when the system says something else", async () => {
    const { stage, store } = await watching("websocket");
    stage.signal("hidden");
    stage.signal("no_network");
    await stage.clock.advance(60_000);
    expect(stage.subscriptions).toMatchObject([{ isStopped: false }]);
    expect(store.getSnapshot()).toBe("online");
  });
});

test("a page that is shown does not cut short what the server asked to wait", async () => {
  const stage = connected();
  stage.stores.presence.of(1).subscribe(nothing);
  await stage.clock.advance(200);
  latest(stage).subscriber.onEnd(new CauserieError("RATE_LIMITED", "Slower.", { retryAfterMs: 30_000 }));
  for (const signal of ["hidden", "shown"] as const) stage.signal(signal);
  await stage.clock.advance(29_000);
  expect(stage.subscriptions).toHaveLength(1);
  await stage.clock.advance(3_000);
  expect(stage.subscriptions).toHaveLength(2);
});

describe("presence", () => {
  test("is unknown until told, then follows each change", async () => {
    const stage = connected();
    const store = stage.stores.presence.of(1);
    const listener = vi.fn();
    store.subscribe(listener);
    expect(store.getSnapshot()).toBe("unknown");
    await stage.clock.advance(200);
    states(stage, { 1: "offline" });
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toBe("offline");
    latest(stage).subscriber.onItem(
      { type: "presence.changed", user_id: 1, status: "online", timestamp },
      undefined,
    );
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toBe("online");
    expect(listener).toHaveBeenCalledTimes(2);
  });

  test("without a connection everybody's is unknown, not offline", async () => {
    const stage = connected();
    const store = stage.stores.presence.of(1);
    store.subscribe(nothing);
    await stage.clock.advance(200);
    states(stage, { 1: "online" });
    await stage.clock.advance(1);
    stage.lose();
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toBe("unknown");
  });

  test("of one user does not tell the listeners of another", async () => {
    const stage = connected();
    const listener = vi.fn();
    stage.stores.presence.of(1).subscribe(listener);
    stage.stores.presence.of(2).subscribe(nothing);
    await stage.clock.advance(200);
    states(stage, { 1: "online", 2: "online" });
    await stage.clock.advance(1);
    listener.mockClear();
    states(stage, { 1: "online", 2: "offline" });
    await stage.clock.advance(1);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe("who types", () => {
  test("is shown until they cease, or for 6 s of the local clock", async () => {
    const { stage, store } = await watchedTyping();
    types(stage, 7, 2);
    types(stage, 7, 3);
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toEqual([2, 3]);
    types(stage, 7, 2, false);
    await stage.clock.advance(1);
    expect(store.getSnapshot()).toEqual([3]);
    await stage.clock.advance(5_900);
    expect(store.getSnapshot()).toEqual([3]);
    await stage.clock.advance(200);
    expect(store.getSnapshot()).toEqual([]);
  });

  test("who goes on typing is the same snapshot", async () => {
    const { stage, store } = await watchedTyping();
    types(stage, 7, 2);
    await stage.clock.advance(1);
    const before = store.getSnapshot();
    for (let n = 0; n < 5; n += 1) {
      types(stage, 7, 2);
      await stage.clock.advance(3_000);
    }
    expect(store.getSnapshot()).toBe(before);
    await stage.clock.advance(3_100);
    expect(store.getSnapshot()).toEqual([]);
  });

  test("is forgotten without a connection, and where it may not be heard any more", async () => {
    const stage = connected();
    const [one, two] = [7, 8].map((id) => stage.stores.typing.of(id));
    one!.subscribe(nothing);
    two!.subscribe(nothing);
    await stage.clock.advance(200);
    states(stage, {}, [7, 8]);
    types(stage, 7, 2);
    types(stage, 8, 2);
    await stage.clock.advance(1);
    states(stage, {}, [7]);
    await stage.clock.advance(1);
    expect([one!.getSnapshot(), two!.getSnapshot()]).toEqual([[2], []]);
    stage.lose();
    await stage.clock.advance(1);
    expect(one!.getSnapshot()).toEqual([]);
  });
});

describe("saying that one types", () => {
  function said(stage: Stage) {
    return stage.calls.filter(({ path }) => path === "typing").map(({ input }) => input);
  }

  test("goes out every 3 s at most, and its end once", async () => {
    const stage = connected();
    stage.automatic(false);
    for (let n = 0; n < 35; n += 1) {
      stage.stores.typing.set(7, true);
      await stage.clock.advance(100);
    }
    stage.stores.typing.set(7, false);
    stage.stores.typing.set(7, false);
    expect(said(stage)).toEqual([
      { conversation_id: 7, typing: true },
      { conversation_id: 7, typing: true },
      { conversation_id: 7, typing: false },
    ]);
  });

  test("an end that has come by itself is not said, nor one without a beginning", async () => {
    const stage = connected();
    stage.automatic(false);
    stage.stores.typing.set(7, false);
    stage.stores.typing.set(7, true);
    await stage.clock.advance(6_000);
    stage.stores.typing.set(7, false);
    expect(said(stage)).toEqual([{ conversation_id: 7, typing: true }]);
  });

  test("is not said without a connection", () => {
    const stage = createStage();
    stage.stores.typing.set(7, true);
    stage.stores.typing.set(7, false);
    expect(said(stage)).toEqual([]);
  });

  test("a passing failure is nobody's concern, a final one is reported", async () => {
    const stage = connected();
    stage.automatic(false);
    stage.stores.typing.set(7, true);
    stage.stores.typing.set(8, true);
    stage.calls[0]!.fail("NETWORK");
    stage.calls[0]!.fail("NOT_FOUND");
    await stage.clock.advance(1);
    expect(stage.reports).toMatchObject([{ where: "typing", cause: { code: "NOT_FOUND" } }]);
  });
});
