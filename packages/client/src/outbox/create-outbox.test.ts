import { expect, test } from "vitest";
import { CauserieError, type CauserieErrorCode } from "../errors.ts";
import { createWorld, type Tab, type World } from "./outbox.testing.ts";
import type { OutboxInput, OutboxItem, Sending } from "./outbox.ts";

const to = (conversation: number, content: string): OutboxInput => ({
  conversation_id: conversation,
  content,
});
const texts = ({ server }: World) => server.stored.map(({ content }) => content);
const itemOf = ({ outbox }: Tab, { clientMessageId: id }: Sending) =>
  outbox.getSnapshot().find((item) => item.clientMessageId === id);
const stored = async ({ storage }: World) =>
  await storage.load({ server: "https://chat.example", userId: 1 });

const signOut = (tab: Tab) =>
  tab.outbox.signOut(async () => tab.session({ type: "lost", reason: "signed_out" }));

/** What a promise has come to by now. */
async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  const pending = Promise.resolve("pending");
  return await Promise.race([promise, pending]).catch((error: unknown) =>
    error instanceof CauserieError ? error.code : error,
  );
}

test("a message is in the list in the same turn, stored before it goes out, and gone once it is acknowledged", async () => {
  const world = createWorld();
  const tab = world.openTab();
  await world.clock.advance(10);
  const sending = tab.outbox.send(to(7, "one"));
  expect(itemOf(tab, sending)).toMatchObject({
    state: "queued",
    attempts: 0,
    input: to(7, "one"),
    userId: 1,
  });
  expect(Object.isFrozen(itemOf(tab, sending)?.input)).toBe(true);

  await world.clock.advance(0);
  expect(world.server.calls).toEqual([]);
  await world.clock.advance(1);
  expect(await stored(world)).toMatchObject([{ attempts: 1, clientMessageId: sending.clientMessageId }]);
  expect(world.server.calls).toMatchObject([
    { input: { ...to(7, "one"), client_message_id: sending.clientMessageId } },
  ]);
  expect(itemOf(tab, sending)?.state).toBe("sending");

  await world.clock.advance(100);
  expect(await sending.sent).toMatchObject({ content: "one", seq: 1 });
  expect(tab.outbox.getSnapshot()).toEqual([]);
  expect(tab.sent).toMatchObject([{ content: "one" }]);
  expect(await stored(world)).toEqual([]);
  expect(tab.changes.map(({ state }) => state)).toEqual(["queued", "sending", "sent"]);
});

test("the snapshot is the same while nothing changes, and listeners hear of a turn's changes once", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  await world.clock.advance(10);
  let heard = 0;
  const stop = tab.outbox.subscribe(() => (heard += 1));
  tab.outbox.send(to(1, "a"));
  tab.outbox.send(to(1, "b"));
  const snapshot = tab.outbox.getSnapshot();
  await world.clock.advance(0);
  expect(heard).toBe(1);
  await world.clock.advance(60_000);
  expect(tab.outbox.getSnapshot()).toBe(snapshot);
  stop();
  tab.outbox.send(to(1, "c"));
  await world.clock.advance(0);
  expect(heard).toBe(1);
});

test("a listener that fails is reported, and keeps nobody from hearing", async () => {
  const world = createWorld();
  const tab = world.openTab();
  let heard = 0;
  tab.outbox.subscribe(() => {
    throw new Error("a bug of the app");
  });
  tab.outbox.subscribe(() => (heard += 1));
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(100);
  expect(heard).toBeGreaterThan(0);
  expect(tab.reports).toContainEqual(new Error("a bug of the app"));
  expect(await sent).toMatchObject({ content: "a" });
});

test("of a conversation one message is under way at a time, in order", async () => {
  const world = createWorld();
  const tab = world.openTab();
  for (const text of ["a", "b", "c"]) tab.outbox.send(to(1, text));
  await world.clock.advance(10);
  expect(tab.states()).toEqual({ a: "sending", b: "queued", c: "queued" });
  expect(world.server.calls).toHaveLength(1);
  await world.clock.advance(1_000);
  expect(texts(world)).toEqual(["a", "b", "c"]);
});

test("eight conversations are sent to at once", async () => {
  const world = createWorld();
  const tab = world.openTab();
  for (let n = 1; n <= 10; n += 1) tab.outbox.send(to(n, `to ${n}`));
  await world.clock.advance(10);
  expect(world.server.calls).toHaveLength(8);
  await world.clock.advance(1_000);
  expect(world.server.stored).toHaveLength(10);
});

test("a message to a receiver waits for those to their conversation, once it is known which that is", async () => {
  const world = createWorld();
  const tab = world.openTab();
  const first = tab.outbox.send({ receiver_id: 5, content: "first" });
  await world.clock.advance(100);
  expect(await first.sent).toMatchObject({ conversation_id: 1005 });
  world.server.fates.push({ code: "TIMEOUT" });
  tab.outbox.send({ conversation_id: 1005, content: "second" });
  tab.outbox.send({ receiver_id: 5, content: "third" });
  await world.clock.advance(5_000);
  expect(texts(world)).toEqual(["first", "second", "third"]);
});

test("nothing goes out without a connection, and everything when there is one", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(60_000);
  expect(world.server.calls).toEqual([]);
  tab.link(true);
  await world.clock.advance(100);
  expect(await sent).toMatchObject({ content: "a" });
});

test("what was under way when the connection was lost is sent again first, with the same id and input", async () => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push("hang");
  tab.outbox.send(to(1, "a"));
  tab.outbox.send(to(1, "b"));
  await world.clock.advance(50);
  tab.link(false);
  await world.clock.advance(50);
  expect(tab.states()).toEqual({ a: "queued", b: "queued" });
  tab.link(true);
  await world.clock.advance(200);
  expect(texts(world)).toEqual(["a", "b"]);
  expect(world.server.calls[1]?.input).toEqual(world.server.calls[0]?.input);
});

test("a late answer on a lost connection still counts", async () => {
  const world = createWorld();
  const tab = world.openTab();
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(5);
  tab.link(false);
  await world.clock.advance(100);
  expect(await sent).toMatchObject({ content: "a" });
  expect(tab.outbox.getSnapshot()).toEqual([]);
  expect(await stored(world)).toEqual([]);
});

test("without an answer on a connection that stays, it is sent again after a while", async () => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push("answer_lost", "request_lost", "request_lost");
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(500);
  expect(world.server.calls).toHaveLength(1);
  await world.clock.advance(10_000);
  expect(await sent).toMatchObject({ content: "a" });
  expect(texts(world)).toEqual(["a"]);
  expect(world.server.calls).toHaveLength(4);
});

const whole: CauserieErrorCode[] = [
  "RATE_LIMITED",
  "OVERLOADED",
  "STORAGE_FULL",
  "STORAGE_LOCKED",
  "STORAGE_UNAVAILABLE",
];
test.each(whole)("after %s the whole outbox waits as long as the server asks", async (code) => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push({ code, retryAfterMs: 5_000 });
  tab.outbox.send(to(1, "a"));
  await world.clock.advance(50);
  tab.outbox.send(to(2, "b"));
  await world.clock.advance(5_000);
  expect(world.server.calls).toHaveLength(1);
  expect(tab.outbox.getSnapshot()[0]).toMatchObject({
    state: "queued",
    attempts: 1,
    lastError: { code, retryAfterMs: 5_000 },
  });
  await world.clock.advance(1_000);
  expect(texts(world)).toEqual(["a", "b"]);
});

test("a server that names no time is asked again at growing random times, up to 30 seconds", async () => {
  const world = createWorld({ place: 0.998 });
  const tab = world.openTab();
  for (let n = 0; n < 8; n += 1) world.server.fates.push({ code: "OVERLOADED" });
  tab.outbox.send(to(1, "a"));
  await world.clock.advance(300_000);
  const times = world.server.calls.map(({ at }) => at);
  const gaps = times.slice(1).map((at, n) => Math.round((at - (times[n] ?? 0)) / 1_000));
  expect(gaps).toEqual([2, 4, 8, 16, 30, 30, 30, 30]);
  expect(texts(world)).toEqual(["a"]);
});

test("what eight conversations are refused with at once counts once", async () => {
  const world = createWorld({ place: 0.998 });
  const tab = world.openTab();
  for (let n = 1; n <= 8; n += 1) {
    world.server.fates.push({ code: "OVERLOADED" });
    tab.outbox.send(to(n, `to ${n}`));
  }
  await world.clock.advance(2_100);
  expect(world.server.calls.length).toBeGreaterThan(8);
});

test("after a refusal for the rate messages go out one after another, with a gap, until none is left", async () => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push({ code: "RATE_LIMITED", retryAfterMs: 100 });
  for (let n = 1; n <= 8; n += 1) tab.outbox.send(to(n, `to ${n}`));
  await world.clock.advance(10_000);
  const times = world.server.calls.slice(8).map(({ at }) => at);
  expect(times).toHaveLength(1);
  world.server.fates.push({ code: "RATE_LIMITED", retryAfterMs: 100 });
  for (let n = 0; n < 20; n += 1) tab.outbox.send(to(n % 8, `${n}`));
  world.server.calls.length = 0;
  await world.clock.advance(60_000);
  const after = world.server.calls.slice(8).map(({ at }) => at);
  const gaps = after.slice(1).map((at, n) => at - (after[n] ?? 0));
  expect(gaps.length).toBeGreaterThan(10);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(125);

  for (let n = 1; n <= 8; n += 1) tab.outbox.send(to(n, `again ${n}`));
  world.server.calls.length = 0;
  await world.clock.advance(10);
  expect(world.server.calls).toHaveLength(8);
});

test.each<CauserieErrorCode>(["TIMEOUT", "INTERNAL_SERVER_ERROR", "BAD_RESPONSE"])(
  "after %s the conversation waits, and no other",
  async (code) => {
    const world = createWorld();
    const tab = world.openTab();
    world.server.fates.push({ code });
    const { sent } = tab.outbox.send(to(1, "a"));
    await world.clock.advance(100);
    tab.outbox.send(to(1, "b"));
    tab.outbox.send(to(2, "c"));
    await world.clock.advance(100);
    expect(texts(world)).toEqual(["c"]);
    await world.clock.advance(2_000);
    expect(texts(world)).toEqual(["c", "a", "b"]);
    expect(await sent).toMatchObject({ content: "a" });
  },
);

test("a message that the server fails at eight times has failed, and holds up nobody", async () => {
  const world = createWorld();
  const tab = world.openTab();
  for (let n = 0; n < 8; n += 1) world.server.fates.push({ code: "INTERNAL_SERVER_ERROR" });
  const poison = tab.outbox.send(to(1, "poison"));
  tab.outbox.send(to(1, "b"));
  await world.clock.advance(200_000);
  expect(await outcomeOf(poison.sent)).toBe("INTERNAL_SERVER_ERROR");
  expect(itemOf(tab, poison)).toMatchObject({ state: "failed", attempts: 8 });
  expect(texts(world)).toEqual(["b"]);
});

test.each<CauserieErrorCode>(["UNAUTHORIZED", "CSRF_TOKEN_INVALID", "NO_TOKEN"])(
  "after %s the whole outbox waits for the token",
  async (code) => {
    const world = createWorld();
    const tab = world.openTab();
    let arrive: (token: string) => void = () => undefined;
    tab.token = () => new Promise((resolve) => (arrive = resolve));
    world.server.fates.push({ code });
    tab.outbox.send(to(1, "a"));
    await world.clock.advance(100);
    tab.outbox.send(to(2, "b"));
    await world.clock.advance(600_000);
    expect(world.server.calls).toHaveLength(1);
    arrive("another");
    await world.clock.advance(2_000);
    expect(texts(world)).toEqual(["a", "b"]);
  },
);

test("the token that was refused is named, so that another one is asked for, also by those refused together", async () => {
  const world = createWorld();
  const tab = world.openTab();
  const refused: (string | undefined)[] = [];
  tab.token = async (token) => {
    refused.push(token);
    return (tab.current = "another");
  };
  world.server.fates.push({ code: "UNAUTHORIZED" }, { code: "UNAUTHORIZED" });
  for (const conversation of [1, 2]) tab.outbox.send(to(conversation, `to ${conversation}`));
  await world.clock.advance(5_000);
  expect(refused).toEqual(["token", "token"]);
  expect(texts(world).sort()).toEqual(["to 1", "to 2"]);
  // Of one that is refused for something else nothing is known.
  world.server.fates.push({ code: "CSRF_TOKEN_INVALID" });
  tab.outbox.send(to(1, "again"));
  await world.clock.advance(5_000);
  expect(refused.slice(2)).toEqual([undefined]);
});

test("whatever becomes queued asks for the connection: what is handed over, retried, of an earlier run or another tab", async () => {
  const world = createWorld();
  const [tab, other] = [world.openTab(), world.openTab({ isLinked: false })];
  await world.clock.advance(10);
  expect([tab.wanted, other.wanted]).toEqual([0, 0]);
  world.server.fates.push({ code: "FORBIDDEN" });
  const { clientMessageId } = tab.outbox.send(to(1, "a"));
  expect(tab.wanted).toBe(1);
  await world.clock.advance(100);
  expect(other.states()).toEqual({ a: "failed" });
  const before = tab.wanted;
  tab.link(false);
  tab.outbox.retry(clientMessageId);
  expect(tab.wanted).toBe(before + 1);
  await world.clock.advance(100);
  expect(other.wanted).toBeGreaterThan(0);
  const later = world.openTab({ isLinked: false });
  await world.clock.advance(100);
  expect(later.wanted).toBeGreaterThan(0);
});

test("a token that cannot be had in passing does not end the waiting in a storm", async () => {
  const world = createWorld();
  const tab = world.openTab();
  tab.token = () => Promise.reject(new CauserieError("NETWORK", "no answer"));
  for (let n = 0; n < 1_000; n += 1) world.server.fates.push({ code: "UNAUTHORIZED" });
  tab.outbox.send(to(1, "a"));
  await world.clock.advance(60_000);
  expect(world.server.calls.length).toBeLessThan(10);
});

test.each<CauserieErrorCode>([
  "VALIDATION_FAILED",
  "FORBIDDEN",
  "NOT_FOUND",
  "PAYLOAD_TOO_LARGE",
  "BAD_REQUEST",
  "IDEMPOTENCY_CONFLICT",
])("%s at the first attempt is final, and kept with its code", async (code) => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push({ code });
  const refused = tab.outbox.send(to(1, "a"));
  const { sent } = tab.outbox.send(to(1, "b"));
  await world.clock.advance(100);
  expect(await outcomeOf(refused.sent)).toBe(code);
  expect(itemOf(tab, refused)).toMatchObject({ state: "failed", attempts: 1, lastError: { code } });
  expect(await stored(world)).toMatchObject([{ state: "failed", lastError: { code } }]);
  expect(await sent).toMatchObject({ content: "b" });
});

test("a message that was stored and deleted since counts as sent, without a message", async () => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push("answer_lost");
  const { sent, clientMessageId } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(100);
  world.server.delete(clientMessageId);
  await world.clock.advance(5_000);
  expect(await sent).toBeNull();
  expect(tab.outbox.getSnapshot()).toEqual([]);
  expect(await stored(world)).toEqual([]);
});

test("the event of one's own message acknowledges it before the answer, which then changes nothing", async () => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push("answer_lost");
  let settled = 0;
  const { sent } = tab.outbox.send(to(1, "a"));
  void sent.then(() => (settled += 1));
  world.server.onStored = (message) => void tab.event({ type: "message.created", message });
  await world.clock.advance(10_000);
  expect(settled).toBe(1);
  expect(world.server.calls).toHaveLength(1);
  expect(tab.sent).toHaveLength(1);
  expect(await stored(world)).toEqual([]);
});

test("somebody else's message with the same id acknowledges nothing", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  const { sent, clientMessageId } = tab.outbox.send(to(1, "a"));
  world.server.fates.push("ok");
  const message = await Promise.all([
    world.server.send({ ...to(1, "theirs"), client_message_id: clientMessageId }),
    world.clock.advance(100),
  ]).then(([theirs]) => ({ ...theirs, sender_id: 2 }));
  await tab.event({ type: "message.created", message });
  expect(await outcomeOf(sent)).toBe("pending");
  expect(tab.states()).toEqual({ a: "queued" });
});

test("a message of yesterday is not sent, but failed; the one behind it goes", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  const old = tab.outbox.send(to(1, "old"));
  await world.clock.advance(24 * 60 * 60_000);
  tab.outbox.send(to(1, "new"));
  await world.clock.advance(1);
  tab.link(true);
  await world.clock.advance(100);
  expect(await outcomeOf(old.sent)).toBe("EXPIRED");
  expect(itemOf(tab, old)).toMatchObject({ state: "failed", attempts: 0, lastError: { code: "EXPIRED" } });
  expect(texts(world)).toEqual(["new"]);

  const again = tab.outbox.retry(old.clientMessageId);
  await world.clock.advance(100);
  expect(await again.sent).toMatchObject({ content: "old" });
});

test("a failed message goes again at its old place, under its old id, as a new promise", async () => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push({ code: "FORBIDDEN" });
  const first = tab.outbox.send(to(1, "a"));
  await world.clock.advance(100);
  const order = itemOf(tab, first)?.order;
  tab.link(false);
  tab.outbox.send(to(1, "b"));
  const again = tab.outbox.retry(first.clientMessageId);
  expect(again.sent).not.toBe(first.sent);
  expect(itemOf(tab, first)).toMatchObject({ state: "queued", order, attempts: 1 });
  tab.link(true);
  await world.clock.advance(1_000);
  expect(texts(world)).toEqual(["a", "b"]);
  expect(await again.sent).toMatchObject({ client_message_id: first.clientMessageId });
  expect(await outcomeOf(first.sent)).toBe("FORBIDDEN");
});

test("retrying what is on its way is the promise it has; what is not there is NOT_FOUND", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  const { sent, clientMessageId } = tab.outbox.send(to(1, "a"));
  expect(tab.outbox.retry(clientMessageId).sent).toBe(sent);
  expect(() => tab.outbox.retry("unknown")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
});

test("a failed message is gone when it is discarded, and after a week", async () => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push({ code: "FORBIDDEN" }, { code: "FORBIDDEN" });
  const [one, two] = [tab.outbox.send(to(1, "a")), tab.outbox.send(to(2, "b"))];
  await world.clock.advance(100);
  await Promise.all([tab.outbox.discard(one.clientMessageId), world.clock.advance(10)]);
  expect(tab.states()).toEqual({ b: "failed" });
  await world.clock.advance(7 * 24 * 60 * 60_000);
  tab.outbox.send(to(3, "c"));
  await world.clock.advance(100);
  expect(itemOf(tab, two)).toBeUndefined();
  expect(await stored(world)).toEqual([]);
});

test("what is not failed cannot be discarded", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  const { clientMessageId } = tab.outbox.send(to(1, "a"));
  await tab.outbox.discard(clientMessageId);
  expect(tab.states()).toEqual({ a: "queued" });
});

test("cancelling tells whether the message had left the device", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  await world.clock.advance(10);
  const never = tab.outbox.send(to(1, "never"));
  const [first] = await Promise.all([tab.outbox.cancel(never.clientMessageId), world.clock.advance(10)]);
  expect(first).toBe("cancelled");
  expect(await outcomeOf(never.sent)).toBe("ABORTED");
  expect(await stored(world)).toEqual([]);

  tab.link(true);
  world.server.fates.push("hang", "ok");
  const doubtful = tab.outbox.send(to(1, "doubtful"));
  const late = tab.outbox.send(to(2, "late"));
  await world.clock.advance(10);
  expect(await tab.outbox.cancel(late.clientMessageId)).toBe("too_late");
  tab.link(false);
  const [second] = await Promise.all([tab.outbox.cancel(doubtful.clientMessageId), world.clock.advance(100)]);
  expect(second).toBe("in_doubt");
  expect(await tab.outbox.cancel(late.clientMessageId)).toBe("too_late");
  expect(await tab.outbox.cancel("unknown")).toBe("too_late");
  tab.link(true);
  await world.clock.advance(1_000);
  expect(texts(world)).toEqual(["late"]);
});

test("what is known to be refused is refused before it is an item", () => {
  const { outbox } = createWorld().openTab();
  const refused = (content: string) => () => outbox.send({ receiver_id: null, content });
  const code = (name: CauserieErrorCode) => expect.objectContaining({ code: name });
  expect(refused(" \n")).toThrow(code("VALIDATION_FAILED"));
  expect(refused("😀".repeat(4_001))).toThrow(code("VALIDATION_FAILED"));
  expect(outbox.getSnapshot()).toEqual([]);
  expect(refused("😀".repeat(4_000))).not.toThrow();
});

test("the outbox is full at 1,000 messages, or 4 MiB of text", () => {
  const { outbox } = createWorld().openTab({ isLinked: false });
  for (let n = 0; n < 1_000; n += 1) outbox.send(to(1, "a"));
  expect(() => outbox.send(to(1, "a"))).toThrow(expect.objectContaining({ code: "OUTBOX_FULL" }));
  expect(outbox.getSnapshot()).toHaveLength(1_000);

  const long = createWorld().openTab({ isLinked: false }).outbox;
  for (let n = 0; n < 524; n += 1) long.send(to(1, "a".repeat(4_000)));
  expect(() => long.send(to(1, "a".repeat(4_000)))).toThrow(expect.objectContaining({ code: "OUTBOX_FULL" }));
  long.send(to(1, "short"));
});

test("after a reload everything is sent in its order before anything new, also under a clock that was set back", async () => {
  const world = createWorld();
  const before = world.openTab({ isLinked: false });
  for (const text of ["a", "b"]) before.outbox.send(to(1, text));
  await world.clock.advance(10);
  before.crash();
  const ahead = await stored(world);
  for (const item of ahead)
    await world.storage.put(
      { server: "https://chat.example", userId: 1 },
      { ...item, order: item.order + 9e6 },
    );

  const after = world.openTab();
  after.outbox.send(to(1, "c"));
  expect(after.states()).toEqual({ c: "queued" });
  await world.clock.advance(1_000);
  expect(texts(world)).toEqual(["a", "b", "c"]);
  expect(await stored(world)).toEqual([]);
});

test("after a crash in the middle of a call the message is sent again with its id", async () => {
  const world = createWorld();
  const before = world.openTab();
  world.server.fates.push("hang");
  before.outbox.send(to(1, "a"));
  await world.clock.advance(50);
  before.crash();
  expect(await stored(world)).toMatchObject([{ attempts: 1, state: "queued" }]);
  const after = world.openTab();
  await world.clock.advance(100);
  expect(world.server.calls[1]?.input).toEqual(world.server.calls[0]?.input);
  expect(texts(world)).toEqual(["a"]);
  expect(after.outbox.getSnapshot()).toEqual([]);
});

test("a wait that the server asked for outlasts a reload", async () => {
  const world = createWorld();
  const before = world.openTab();
  world.server.fates.push({ code: "RATE_LIMITED", retryAfterMs: 60_000 });
  before.outbox.send(to(1, "a"));
  await world.clock.advance(1_000);
  before.crash();
  world.openTab();
  await world.clock.advance(58_000);
  expect(world.server.calls).toHaveLength(1);
  await world.clock.advance(5_000);
  expect(texts(world)).toEqual(["a"]);
});

test("with a storage that fails messages go out all the same, and the app is told once", async () => {
  const world = createWorld();
  const full = Object.assign(new Error("full"), { name: "QuotaExceededError" });
  const broken = {
    isShared: true,
    load: () => Promise.reject(full),
    put: () => Promise.reject(full),
    remove: () => Promise.reject(full),
  };
  const tab = world.openTab({ storage: broken });
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(1_000);
  expect(await sent).toMatchObject({ content: "a" });
  expect(tab.volatile).toEqual(["STORAGE_FULL"]);
  expect(tab.reports).toEqual([full]);
});

test("a storage that never answers holds nothing up for ever", async () => {
  const world = createWorld();
  const never = () => new Promise<never>(() => undefined);
  const tab = world.openTab({ storage: { isShared: true, load: never, put: never, remove: never } });
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(60_000);
  expect(await sent).toMatchObject({ content: "a" });
  expect(tab.volatile).toEqual(["STORAGE_UNAVAILABLE"]);
});

test("messages handed over before it is known who is signed in are theirs", async () => {
  const world = createWorld();
  const tab = world.openTab({ userId: null });
  const { sent } = tab.outbox.send(to(1, "early"));
  await world.clock.advance(1_000);
  expect(tab.states()).toEqual({ early: "queued" });
  tab.session({ type: "signed_in", userId: 1 });
  await world.clock.advance(100);
  expect(await sent).toMatchObject({ content: "early" });
});

test("nobody can send when nobody is signed in, and what was handed over before is given up", async () => {
  const world = createWorld();
  const tab = world.openTab({ userId: null });
  const { sent } = tab.outbox.send(to(1, "early"));
  tab.session({ type: "lost", reason: "no_credentials" });
  await world.clock.advance(0);
  expect(await outcomeOf(sent)).toBe("ABORTED");
  expect(() => tab.outbox.send(to(1, "late"))).toThrow(expect.objectContaining({ code: "UNAUTHORIZED" }));
});

test("after the session ended the items stay, and go on when the same user is back", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(10);
  tab.session({ type: "lost", reason: "session_ended" });
  tab.link(true);
  await world.clock.advance(10_000);
  expect(world.server.calls).toEqual([]);
  expect(tab.states()).toEqual({ a: "queued" });
  tab.session({ type: "signed_in", userId: 1 });
  await world.clock.advance(100);
  expect(await sent).toMatchObject({ content: "a" });
});

test("another user finds nothing of the one before, whose items stay on the device", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(10);
  tab.session({ type: "lost", reason: "session_ended" });
  tab.session({ type: "signed_in", userId: 2 });
  tab.link(true);
  await world.clock.advance(1_000);
  expect(await outcomeOf(sent)).toBe("ABORTED");
  expect(tab.outbox.getSnapshot()).toEqual([]);
  expect(world.server.calls).toEqual([]);
  expect(await stored(world)).toHaveLength(1);
  tab.session({ type: "signed_in", userId: 1 });
  await world.clock.advance(100);
  expect(texts(world)).toEqual(["a"]);
});

test("clearing deletes everything of the user, failed items too, and rejects the promises, in every tab", async () => {
  const world = createWorld();
  const [tab, other] = [world.openTab(), world.openTab()];
  world.server.fates.push({ code: "FORBIDDEN" });
  tab.outbox.send(to(1, "failed"));
  await world.clock.advance(100);
  tab.link(false);
  other.link(false);
  const { sent } = other.outbox.send(to(1, "queued"));
  await world.clock.advance(100);
  await Promise.all([signOut(tab), world.clock.advance(100)]);
  expect(await outcomeOf(sent)).toBe("ABORTED");
  expect([...tab.outbox.getSnapshot(), ...other.outbox.getSnapshot(), ...(await stored(world))]).toEqual([]);
  expect(tab.changes.at(-1)).toMatchObject({ state: "gone" });
});

test("a sign-out that fails changes nothing", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(10);
  const offline = new CauserieError("NETWORK", "No answer.");
  await expect(tab.outbox.signOut(() => Promise.reject(offline))).rejects.toBe(offline);
  await world.clock.advance(10);
  expect(tab.states()).toEqual({ a: "queued" });
  expect(await stored(world)).toHaveLength(1);
  tab.link(true);
  await world.clock.advance(100);
  expect(await sent).toMatchObject({ content: "a" });
  // Nor does it make the next sign-out forget anything.
  tab.link(false);
  tab.outbox.send(to(1, "b"));
  await world.clock.advance(10);
  tab.session({ type: "lost", reason: "signed_out" });
  await world.clock.advance(10);
  expect(await stored(world)).toHaveLength(1);
});

test("of what is handed over during a sign-out nothing stays on the device, in whichever tab", async () => {
  const world = createWorld();
  const [tab, other] = [world.openTab({ isLinked: false }), world.openTab({ isLinked: false })];
  await world.clock.advance(10);
  tab.outbox.send(to(1, "before"));
  await world.clock.advance(10);
  let end: () => void = () => undefined;
  const ended = tab.outbox.signOut(async () => {
    await new Promise<void>((resolve) => (end = resolve));
    tab.session({ type: "lost", reason: "signed_out" });
  });
  await world.clock.advance(10);
  const { sent } = tab.outbox.send(to(1, "during"));
  // Not stored yet, and so unknown to the tab that signs out.
  const elsewhere = other.outbox.send(to(1, "elsewhere"));
  end();
  await Promise.all([ended, world.clock.advance(100)]);
  expect(await outcomeOf(sent)).toBe("ABORTED");
  expect(await outcomeOf(elsewhere.sent)).toBe("ABORTED");
  expect([...tab.outbox.getSnapshot(), ...other.outbox.getSnapshot()]).toEqual([]);
  await world.clock.advance(1_000);
  expect(await stored(world)).toEqual([]);
});

test.each([
  ["fails", () => Promise.reject(new Error("broken"))],
  ["never answers", () => new Promise<never>(() => undefined)],
])("a storage that %s keeps nobody from signing out", async (_what, broken) => {
  const world = createWorld();
  const tab = world.openTab({
    isLinked: false,
    storage: { isShared: true, load: broken, put: broken, remove: broken },
  });
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(100);
  const ended = signOut(tab);
  await world.clock.advance(0);
  expect(await outcomeOf(sent)).toBe("ABORTED");
  expect(tab.outbox.getSnapshot()).toEqual([]);
  await Promise.all([ended, world.clock.advance(20_000)]);
  expect(tab.volatile).toEqual(["STORAGE_UNAVAILABLE"]);
});

test("without clearing, a sign-out leaves the items on the device and shows none", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  tab.outbox.send(to(1, "a"));
  await world.clock.advance(10);
  tab.session({ type: "lost", reason: "signed_out" });
  expect(tab.outbox.getSnapshot()).toEqual([]);
  expect(await stored(world)).toHaveLength(1);
});

test("an account that is gone takes its items along", async () => {
  const world = createWorld();
  const tab = world.openTab({ isLinked: false });
  tab.outbox.send(to(1, "a"));
  await world.clock.advance(10);
  tab.session({ type: "lost", reason: "account_gone" });
  await world.clock.advance(10);
  expect(await stored(world)).toEqual([]);
});

test("closing settles every promise, keeps what is stored, and stops", async () => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push("hang");
  const { sent } = tab.outbox.send(to(1, "a"));
  await world.clock.advance(10);
  await Promise.all([tab.outbox.close(), world.clock.advance(10)]);
  expect(await outcomeOf(sent)).toBe("ABORTED");
  expect(await stored(world)).toHaveLength(1);
  expect(() => tab.outbox.send(to(1, "b"))).toThrow(expect.objectContaining({ code: "ABORTED" }));
  await world.clock.advance(100_000);
  expect(world.server.calls).toHaveLength(1);
});

test("the changes it tells of never hold the text", async () => {
  const world = createWorld();
  const tab = world.openTab();
  world.server.fates.push({ code: "FORBIDDEN" });
  tab.outbox.send(to(1, "a secret"));
  tab.outbox.send({ receiver_id: 5, content: "a secret" });
  await world.clock.advance(100);
  expect(tab.changes.length).toBeGreaterThan(4);
  expect(JSON.stringify(tab.changes)).not.toContain("secret");
  expect(tab.changes[0]).toMatchObject({ conversationId: 1, state: "queued", attempts: 0, code: null });
});

test("items are the whole of what a listener needs", () => {
  const { outbox } = createWorld().openTab({ isLinked: false });
  outbox.send({ receiver_id: null, content: "a", reply_to: 3 });
  const [item] = outbox.getSnapshot();
  const keys: (keyof OutboxItem)[] = [
    ...(["attempts", "clientMessageId", "createdAt", "faults", "input"] as const),
    ...(["lastError", "order", "state", "userId", "version"] as const),
  ];
  expect(Object.keys(item ?? {}).sort()).toEqual(keys);
  expect(item?.input).toEqual({ receiver_id: null, content: "a", reply_to: 3 });
});
