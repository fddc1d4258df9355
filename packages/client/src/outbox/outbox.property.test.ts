import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../../../tests/support/random.ts";
import { createWorld, type Fate, type Tab } from "./outbox.testing.ts";
import type { CancelResult } from "./outbox.ts";

const seed = Number(process.env["OUTBOX_SEED"] ?? Date.now() % 2 ** 31);
const runs = Number(process.env["OUTBOX_RUNS"] ?? 300);

const fate = fc.constantFrom<Fate>(
  ...(["ok", "request_lost", "answer_lost", "answer_lost", "hang"] as const),
  { code: "RATE_LIMITED", retryAfterMs: 700 },
  { code: "OVERLOADED" },
  { code: "INTERNAL_SERVER_ERROR" },
  { code: "TIMEOUT" },
  { code: "UNAUTHORIZED" },
  { code: "FORBIDDEN" },
);
const tab = fc.nat(1);
const nth = fc.nat(5);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("send" as const), tab, to: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("fates" as const), fates: fc.array(fate, { maxLength: 4 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(0, 1, 2, 5, 19, 21, 50, 700, 9_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("link" as const), tab, isThere: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), tab }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("cancel" as const, "retry" as const, "discard" as const),
      tab,
      nth,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hear" as const), tab, hears: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), nth }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Sent {
  readonly tab: number;
  readonly content: string;
  readonly of: Tab;
  outcome: "pending" | "message" | "nothing" | "error";
}

const user = { server: "https://chat.example", userId: 1 };

async function run(steps: readonly Step[], luck: number): Promise<void> {
  const random = createRandom(luck);
  const world = createWorld({
    random: () => random.below(2 ** 31) / 2 ** 31,
    areDirectKnown: true,
    delays: { storage: () => random.pick([1, 1, 2, 15, 40]), channel: () => random.pick([0, 0, 1, 5, 30]) },
  });
  const tabs = [world.openTab(), world.openTab()];
  const hears = [true, true];
  const links = [true, true];
  const sent = new Map<string, Sent>();
  const givenUp = new Set<string>();
  const neverSent = new Set<string>();
  const failed = new Set<string>();
  const durable = new Set<string>();
  const deleted = new Set<string>();
  const crashed = new Set<Tab>();
  const early: string[] = [];
  let undecided = 0;
  let alarms = 0;
  world.server.onStored = (message) => {
    for (const n of [0, 1])
      if (hears[n] && links[n]) void tabs[n]?.event({ type: "message.created", message: { ...message } });
  };
  world.server.onCall = (id) =>
    void world.storage.load(user).then((items) => {
      if (!items.some((item) => item.clientMessageId === id && item.attempts > 0)) early.push(id);
    });
  const at = (n: number) => tabs[n] as Tab;

  for (const one of steps) {
    if (one.do === "wait") await world.clock.advance(one.ms);
    else if (one.do === "fates") world.server.fates.push(...one.fates);
    else if (one.do === "hear") hears[one.tab] = one.hears;
    else if (one.do === "link") {
      links[one.tab] = one.isThere;
      at(one.tab).link(one.isThere);
    } else if (one.do === "crash") {
      crashed.add(at(one.tab));
      at(one.tab).crash();
      links[one.tab] = true;
      tabs[one.tab] = world.openTab();
    } else if (one.do === "send") {
      const content = `message ${sent.size}`;
      const target = one.to === 0 ? { receiver_id: 5 } : { conversation_id: one.to === 1 ? 1005 : one.to };
      const sending = at(one.tab).outbox.send({ ...target, content });
      const entry: Sent = {
        tab: one.tab,
        content,
        of: at(one.tab),
        outcome: "pending",
      };
      sent.set(sending.clientMessageId, entry);
      const settle = (outcome: Sent["outcome"]) => {
        if (entry.outcome !== "pending") alarms += 1;
        entry.outcome = outcome;
      };
      sending.sent.then(
        (message) => settle(message ? "message" : "nothing"),
        () => settle("error"),
      );
    } else if (one.do === "delete") {
      const message = world.server.stored[one.nth];
      if (message?.client_message_id) deleted.add(message.client_message_id);
      if (message?.client_message_id) world.server.delete(message.client_message_id);
    } else {
      const { outbox } = at(one.tab);
      const id = outbox.getSnapshot()[one.nth]?.clientMessageId;
      if (id === undefined) continue;
      if (one.do === "retry") void outbox.retry(id).sent.catch(() => undefined);
      if (one.do === "discard") {
        if (outbox.getSnapshot()[one.nth]?.state === "failed") givenUp.add(id);
        void outbox.discard(id);
      }
      if (one.do === "cancel") {
        undecided += 1;
        // Also when the tab that asked ends before it hears what became of it.
        givenUp.add(id);
        void outbox.cancel(id).then((result: CancelResult) => {
          undecided -= 1;
          if (result === "cancelled") neverSent.add(id);
        });
      }
    }
    for (const each of tabs)
      for (const item of each.outbox.getSnapshot())
        if (item.state === "failed") failed.add(item.clientMessageId);
    for (const item of await world.storage.load(user)) durable.add(item.clientMessageId);
  }

  world.server.fates.length = 0;
  for (const each of tabs) each.link(false);
  await world.clock.advance(100);
  for (const each of tabs) each.link(true);
  for (let n = 0; n < 40; n += 1) await world.clock.advance(31_000);

  const contents = world.server.stored.map(({ content }) => content);
  const left = new Map((await world.storage.load(user)).map((item) => [item.clientMessageId, item.state]));
  expect(new Set(contents).size, "stored at most once").toBe(contents.length);
  expect(early, "sent before that was stored").toEqual([]);
  expect(alarms, "settled at most once").toBe(0);
  for (const each of tabs) {
    const states = each.outbox.getSnapshot().map((item) => [item.clientMessageId, item.state] as const);
    expect(new Map(states), "the list is what is stored, and only failed ones are left").toEqual(left);
    expect(each.reports).toEqual([]);
  }
  expect([...left.values()].filter((state) => state !== "failed")).toEqual([]);

  for (const [id, { content, of, outcome }] of sent) {
    const isStored = contents.includes(content);
    if (outcome === "message") expect(isStored, `${content} was acknowledged`).toBe(true);
    if (outcome === "nothing") expect(isStored && deleted.has(id), `${content} was deleted`).toBe(true);
    if (!crashed.has(of)) expect(outcome, `the promise of ${content}`).not.toBe("pending");
    if (neverSent.has(id)) expect(isStored, `${content} was cancelled`).toBe(false);
    if (durable.has(id))
      expect(isStored || left.has(id) || givenUp.has(id) || failed.has(id), content).toBe(true);
  }
  if (crashed.size === 0) expect(undecided, "cancellations without an answer").toBe(0);

  const bySender = [...sent].filter(([id]) => !failed.has(id) && !givenUp.has(id));
  for (const n of [0, 1]) {
    for (const conversation of [1005, 2, 3]) {
      const places = bySender
        .filter(([, one]) => one.tab === n)
        .map(([id]) => world.server.stored.find((message) => message.client_message_id === id))
        .flatMap((message) => (message?.conversation_id === conversation ? [message.seq] : []));
      expect(places, `the order in ${conversation}`).toEqual(places.toSorted((a, b) => a - b));
    }
  }
}

test(
  `whatever is lost, crashes or is refused: once, in order, told once (OUTBOX_SEED=${seed})`,
  { timeout: 300_000 },
  async () => {
    // eslint-disable-next-line no-console
    console.log(`OUTBOX_SEED=${seed}`);
    const steps = fc.array(step, { maxLength: 60, size: "max" });
    await fc.assert(fc.asyncProperty(steps, fc.nat(), run), { seed, numRuns: runs });
  },
);
