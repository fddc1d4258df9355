import process from "node:process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { me } from "./model-server.testing.ts";
import { createStage, type Stage } from "./store-stage.testing.ts";

const setting = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const seed = setting("SEED", Math.floor(Math.random() * 2 ** 31));
const numRuns = setting("RUNS", 150);

/** What happens next, and two numbers that say to whom. */
type Step = readonly [what: keyof typeof actions, a: number, b: number];

/** How often each happens beside the others. */
const actions = {
  send: 24,
  sendOwn: 4,
  edit: 6,
  remove: 8,
  read: 5,
  readElsewhere: 4,
  create: 2,
  join: 4,
  leave: 4,
  setRole: 1,
  rename: 2,
  renameUser: 1,
  outboxSend: 5,
  outboxStore: 6,
  outboxAcknowledge: 6,
  open: 6,
  closeWindow: 2,
  loadOlder: 5,
  loadNewer: 5,
  jump: 4,
  jumpToMessage: 3,
  jumpToEnd: 3,
  openAtMarker: 2,
  loadMore: 4,
  hand: 30,
  deliver: 30,
  heartbeat: 5,
  answer: 16,
  arrive: 20,
  fail: 3,
  lose: 2,
  reset: 1,
  wait: 8,
} as const;

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.oneof(
    ...Object.entries(actions).map(([what, weight]) => ({
      weight,
      arbitrary: fc.constant(what as keyof typeof actions),
    })),
  ),
  fc.nat(1_000),
  fc.nat(1_000),
);

function pick<Item>(items: readonly Item[], n: number): Item | undefined {
  return items[n % Math.max(1, items.length)];
}

/** Plays steps on a stage, and at the end lets everything arrive. */
function createPlay(stage: Stage) {
  const { server, stores, calls } = stage;
  const open = new Map<number, () => void>();
  const acknowledgements: (() => void)[] = [];
  const stored = new Set<string>();
  const ids = () => [...server.conversations.keys()];
  const visible = () => ids().filter(server.isVisible);
  const messagesOf = (a: number) => {
    const id = pick(ids(), a)!;
    return server.conversations.get(id)!.messages;
  };
  /** Whoever jumps or loads hears of a failure. */
  const quiet = (outcome: Promise<unknown>) => void outcome.catch(() => undefined);
  const window = (a: number) => stores.conversation(pick([...open.keys()], a) ?? 1);

  function openWindow(id: number, at?: "marker"): void {
    if (open.has(id)) return;
    const store = stores.conversation(id);
    if (at) quiet(store.open(at));
    open.set(
      id,
      store.subscribe(() => undefined),
    );
  }

  const play: { readonly [what in keyof typeof actions]: (a: number, b: number) => unknown } = {
    send: (a, b) => {
      const conversation = server.conversations.get(pick(ids(), a)!)!;
      const sender = pick(
        conversation.kind === "public"
          ? [2, 3, 4]
          : [...conversation.members.keys()].filter((id) => id !== me),
        b,
      );
      if (sender === undefined) return;
      const answered = pick(
        conversation.messages.filter(({ deleted_at }) => !deleted_at),
        b,
      );
      // Others use the same keys.
      const client_message_id = b % 5 === 0 ? `key ${b % 3}` : null;
      server.send(conversation.id, sender, {
        client_message_id,
        reply_to: b % 4 === 0 ? (answered?.id ?? null) : null,
      });
    },
    sendOwn: (a) => server.send(pick(visible(), a)!, me),
    edit: (a, b) => {
      const message = pick(messagesOf(a), b);
      if (message) server.edit(message);
    },
    remove: (a, b) => {
      const messages = messagesOf(a);
      // Often the newest ones.
      const message = b % 2 ? messages.at(-1 - (b % 5)) : pick(messages, b);
      if (message) server.remove(message);
    },
    read: (a, b) => {
      const id = pick(visible(), a)!;
      if (stores.list.get(id)) stores.list.markRead(id, b % 12);
    },
    readElsewhere: (a, b) => {
      const id = pick(visible(), a)!;
      const last = server.state(id).last_seq;
      if (server.state(id).role) server.read(id, b % (last + 1));
    },
    create: (a) => {
      const kind = pick(["group", "group", "public", "direct"] as const, a)!;
      const others = { group: a % 2 ? [2, me, 3] : [2, 3], public: [2], direct: [me, 10 + (a % 30)] }[kind];
      const isNew = kind !== "direct" || !ids().some((id) => isDirectWith(id, others[1]!));
      if (ids().length < 14 && isNew) server.create(kind, others);
    },
    join: (a, b) => {
      const userId = pick([me, 3, 4, 5], b)!;
      server.join(pick(ids(), a)!, userId, b % 3 === 0 ? "all" : "none");
    },
    leave: (a, b) => server.leave(pick(ids(), a)!, pick([me, 3, 4, 5], b)!),
    setRole: (a, b) => server.setRole(pick(ids(), a)!, pick([me, 3], b)!, b % 2 ? "admin" : "member"),
    rename: (a) => server.rename(pick(ids(), a)!),
    renameUser: (a) => server.renameUser(pick([2, 3, 4], a)!),
    outboxSend: (a) => {
      stores.conversation(pick(visible(), a)!).send(`from the outbox ${a}`);
    },
    outboxStore: () => {
      const item = stage
        .items()
        .find(
          ({ clientMessageId, input }) =>
            !stored.has(clientMessageId) && server.isVisible(input.conversation_id!),
        );
      if (!item) return;
      stored.add(item.clientMessageId);
      acknowledgements.push(stage.store(item));
    },
    outboxAcknowledge: () => acknowledgements.shift()?.(),
    open: (a) => openWindow(pick(ids(), a)!),
    openAtMarker: (a) => openWindow(pick(ids(), a)!, "marker"),
    closeWindow: (a) => {
      const id = pick([...open.keys()], a);
      if (id === undefined) return;
      open.get(id)!();
      open.delete(id);
    },
    loadOlder: (a) => quiet(window(a).loadOlder()),
    loadNewer: (a) => quiet(window(a).loadNewer()),
    jump: (a, b) => quiet(window(a).jump(b % 30)),
    jumpToMessage: (a, b) => {
      const message = pick(server.conversations.get(window(a).id)?.messages ?? [], b);
      if (message) quiet(window(a).jumpToMessage(message.id));
    },
    jumpToEnd: (a) => quiet(window(a).jumpToEnd()),
    loadMore: () => quiet(stores.list.loadMore()),
    hand: (a) => {
      for (let n = 0; n <= a % 4; n += 1) stage.hand();
    },
    deliver: (a) => {
      for (let n = 0; n <= a % 4; n += 1) stage.deliver();
    },
    heartbeat: () => stage.handHeartbeat(),
    answer: (a) => {
      const call = pick(calls, a);
      if (!call?.isAnswered) call?.answer();
    },
    arrive: (a) => pick(calls, a)?.arrive(),
    fail: (a) => pick(calls, a)?.fail(),
    lose: (a) => {
      stage.lose();
      if (a % 2) stage.connect();
    },
    reset: () => {
      void stage.reset();
    },
    wait: (a) => stage.clock.advance([0, 300, 1_100, 20_000][a % 4]!),
  };

  function isDirectWith(id: number, userId: number): boolean {
    const { kind, members } = server.conversations.get(id)!;
    return kind === "direct" && members.has(userId);
  }

  return {
    open,
    async run(steps: readonly Step[]) {
      for (const [what, a, b] of steps) {
        await play[what](a, b);
        await stage.clock.advance(0);
      }
    },
    /** Until nothing happens any more. */
    async settle() {
      stage.connect();
      for (let round = 0; round < 8; round += 1) {
        for (const _ of stage.items()) play.outboxStore(0, 0);
        for (const acknowledge of acknowledgements.splice(0)) acknowledge();
        while (calls.length > 0 || stage.waiting() > 0 || stage.hand()) {
          stage.flush();
          for (const call of [...calls]) call.arrive();
          await stage.clock.advance(0);
        }
        stage.flush();
        await stage.clock.advance(31_000);
      }
    },
  };
}

/** Compares all that the stores show with what the server has. */
function compare(stage: Stage, open: ReadonlyMap<number, unknown>): void {
  const { server, stores } = stage;
  const list = stores.list.getSnapshot();
  const all = server.list();
  const shown = list.conversations;
  expect(list.status).toBe("ready");
  expect(shown).toEqual(all.slice(0, shown.length));
  if (!list.hasMore) expect(shown).toHaveLength(all.length);
  expect(list.isUnreadTotalExact).toBe(true);
  expect(list.unreadTotal).toBe(all.reduce((sum, one) => sum + one.unread_count, 0));

  for (const id of open.keys()) {
    const snapshot = stores.conversation(id).getSnapshot();
    if (!server.isVisible(id)) {
      // What was on its way there is refused, which is the outbox's to tell.
      expect(snapshot.status).toBe("gone");
      expect(snapshot.items.filter(({ state }) => state === "sent")).toEqual([]);
      continue;
    }
    expect(snapshot).toMatchObject({ status: "ready", isLoadingNewer: false, isLoadingOlder: false });
    const readable = server.readable(id);
    const items = snapshot.items.flatMap((item) => (item.state === "sent" ? [item] : []));
    const first = readable.findIndex((message) => message.id === items[0]?.message.id);
    const from = first < 0 ? (snapshot.hasNewer ? 0 : readable.length) : first;
    const held = items.map(({ message }) => message);
    expect(held).toEqual(readable.slice(from, from + held.length));
    if (!snapshot.hasNewer) expect(from + held.length).toBe(readable.length);
    if (!snapshot.hasOlder) expect(held.length === 0 ? 0 : from).toBe(0);
    expect(new Set(snapshot.items.map(({ key }) => key)).size).toBe(snapshot.items.length);
    for (const { message, original } of items) {
      const answered = held.find((one) => one.id === message.reply_to);
      if (original === null) expect(readable.map((one) => one.id)).not.toContain(message.reply_to);
      else expect(original).toEqual(answered);
    }
    const beyond = readable.length - from - held.length;
    expect(snapshot.newerCount).toBeLessThanOrEqual(snapshot.hasNewer ? beyond : 0);
    expect(snapshot.items.filter(({ state }) => state !== "sent")).toEqual([]);
  }
  expect(stage.reports).toEqual([]);
  // The stream loses nothing.
  expect(stage.gaps).toEqual([]);
}

test.for([
  ["all conversations fit in the snapshot", 50],
  ["most conversations are beyond the snapshot", 3],
] as const)(
  `when all is quiet the stores show exactly what the server has: %s (SEED=${seed})`,
  { timeout: 60_000 + numRuns * 50 },
  async ([, bootstrapSize]) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 140, size: "max" }), async (steps) => {
        const stage = createStage({ bootstrapSize, pageSize: 4 });
        const { server } = stage;
        server.create("public", []);
        for (const others of [
          [me, 2],
          [me, 3],
        ])
          server.create("direct", others);
        for (let n = 0; n < 5; n += 1) server.create("group", [2, me, 3]);
        for (const id of server.conversations.keys())
          for (let n = 0; n < (id % 4) * 6; n += 1) server.send(id, 2);
        const play = createPlay(stage);
        void stage.reset("no_cursor");
        await play.run(steps);
        await play.settle();
        compare(stage, play.open);
        stage.stores.close();
      }),
      { seed, numRuns, endOnFailure: setting("SHRINK", 1) === 0 },
    );
  },
);
