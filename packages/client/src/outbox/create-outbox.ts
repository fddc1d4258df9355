import type { Connection } from "../connection/connection.ts";
import { nobodySignedIn } from "../connection/refusal.ts";
import { CauserieError, type CauserieErrorCode } from "../errors.ts";
import type { Feed } from "../feed/feed.ts";
import { listen, tell } from "../lib/listen.ts";
import { createScope } from "../lib/scope.ts";
import { uuidV7 } from "../lib/uuid-v7.ts";
import type { Clock } from "../platform/clock.ts";
import type { Channel, Locks } from "../platform/platform.ts";
import type { Session } from "../session/session.ts";
import type { Message, SendInput } from "../types.ts";
import { checkContent } from "./content.ts";
import { createDeferred } from "./deferred.ts";
import type { Entry } from "./entry.ts";
import { createItems, givenUp, type Told } from "./items.ts";
import { createKeeper } from "./keeper.ts";
import { createLead } from "./lead.ts";
import type {
  CancelResult,
  Outbox,
  OutboxChange,
  OutboxInput,
  OutboxItem,
  OutboxStorage,
  OutboxUser,
} from "./outbox.ts";
import { createSender } from "./sender.ts";
import { createWaits } from "./waits.ts";

export interface OutboxDeps {
  /** The address that tells this server from others. */
  readonly server: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly locks: Locks;
  readonly openChannel: (name: string) => Channel;
  readonly storage: OutboxStorage;
  readonly session: Pick<Session, "userId" | "lost" | "current" | "token" | "onChange">;
  readonly connection: Pick<Connection, "onLink">;
  readonly feed: Pick<Feed, "onEvent">;
  /** Makes the call. Rejects with a CauserieError; `NETWORK` when no answer came. */
  readonly send: (input: SendInput) => Promise<Message>;
  /** The conversation with a receiver (null: the public one), as far as the client knows. */
  readonly conversationWith: (receiverId: number | null) => number | undefined;
  /** Asks for the connection: there is something to send. */
  readonly onWanted?: () => void;
  /** Called when a message is stored, right before its item leaves the list. */
  readonly onSent?: (message: Message) => void;
  /** Called at each change of an item, from within whatever changed it. */
  readonly onChange?: (change: OutboxChange) => void;
  /** Items are not stored any more. */
  readonly onVolatile?: (code: CauserieErrorCode) => void;
  readonly report: (where: "outbox", error: unknown) => void;
}

const mostItems = 1_000;
const mostBytes = 4 * 1024 * 1024;
/** Where no lock binds the tabs: after how long without a word of it one takes over another's item. */
const silenceMs = 30_000;

/** Sends messages until each is stored or refused, whatever happens in between. */
export function createOutbox(deps: OutboxDeps): Outbox {
  const { server, clock, random, storage, session } = deps;
  const report = (error: unknown) => deps.report("outbox", error);
  const isDivided = storage.isShared && !deps.locks.areShared;
  const listeners = new Set<() => void>();
  const scope = createScope(clock);
  const { after } = scope;
  let user: OutboxUser | undefined;
  let channel: Channel | undefined;
  let link: unknown;
  /** Whether listeners have something to hear; whether this turn's work is scheduled. */
  let isStale = false;
  let isWoken = false;
  /** Whether what waits is to be forgotten with the session, and until when that takes. */
  let isLeaving = false;
  let cleared: Promise<unknown> | undefined;
  let loading: Promise<void> = Promise.resolve();

  const waits = createWaits(after, random, wake);
  const keeper = createKeeper({
    ...deps,
    onPrivate: wake,
    onFailure(error) {
      report(error);
      const isFull = (error as { name?: unknown } | null)?.name === "QuotaExceededError";
      deps.onVolatile?.(isFull ? "STORAGE_FULL" : "STORAGE_UNAVAILABLE");
    },
  });
  const items = createItems({
    ...{ after, keeper, conversationOf },
    tell: (told) => channel?.post(told),
    onSent(message) {
      waits.succeed(`${message.conversation_id}`);
      deps.onSent?.(message);
    },
    onChange(change) {
      isStale = true;
      wake();
      if (change.state === "queued") deps.onWanted?.();
      deps.onChange?.(change);
    },
  });
  const { entries, cancels, drop } = items;
  const sender = createSender({ ...deps, ...{ items, keyOf, waits, isMine, isDivided, wake } });
  const lead = createLead({
    // What nobody else has, nobody else sends.
    hold: storage.isShared ? deps.locks.hold : (_name, work) => work(),
    ...{ prepare: load, onBegin: wake, report },
  });

  function conversationOf({ conversation_id: conversation, receiver_id: receiver = null }: OutboxInput) {
    return conversation ?? deps.conversationWith(receiver);
  }

  /** Equal for messages of one conversation, as far as that can be known. */
  function keyOf(input: OutboxInput): string {
    return `${conversationOf(input) ?? `to ${input.receiver_id}`}`;
  }

  function wake(): void {
    if (isWoken || scope.isOver()) return;
    isWoken = true;
    queueMicrotask(() => {
      for (const id of cancels.keys()) decide(id);
      follow();
      if (link && user && !session.lost()) sender.pump(link);
      isWoken = false;
      if (!isStale) return;
      isStale = false;
      tell(listeners, report);
    });
  }

  /** Leads while it may send, or has something to decide. */
  function follow(): void {
    const isWanted = user && !scope.isOver() && ((link && !session.lost()) || cancels.size);
    lead.want(isWanted ? nameOf(user) : undefined);
  }

  function nameOf(of: OutboxUser | undefined): string {
    return `causerie:${server}:${of?.userId}:outbox`;
  }

  function isMine({ isPrivate, heardAt }: Entry): boolean {
    if (isPrivate || !user) return true;
    return lead.isHeld() && !(isDivided && heardAt !== undefined && clock.now() - heardAt < silenceMs);
  }

  /** Gives an item up, or says that it is too late for that; unless that is another tab's to say. */
  function decide(id: string): void {
    const entry = entries.get(id);
    if (entry ? !isMine(entry) : user && !lead.isHeld()) return;
    if (entry && !entry.call) return drop(id, undefined);
    items.answer(id, "too_late");
    if (entry) items.tellOf(entry);
  }

  function ask(id: string): Promise<CancelResult> {
    const asked = cancels.get(id) ?? createDeferred();
    cancels.set(id, asked);
    wake();
    return asked.promise;
  }

  // Other tabs, and earlier runs

  /** Takes what is stored, or told by another tab, unless more is known here. */
  function take(item: OutboxItem, isSending?: boolean): void {
    const { clientMessageId: id, state, version, lastError } = item;
    const known = entries.get(id);
    const isOld = known && known.item.version >= version + (isSending === undefined ? 0 : 1);
    if (isOld || known?.call || items.left.has(id)) return;
    const now = clock.now();
    items.take(item, !!isSending, item, now);
    if (isDivided) after(silenceMs, wake);
    // What the server asked of another tab, or before a reload, holds here too.
    const { code = "ABORTED", at = 0, retryAfterMs } = lastError ?? {};
    const rest = at + (retryAfterMs ?? 0) - now;
    if (state === "failed") items.settle(id, new CauserieError(code, "The message was refused."));
    else if (rest > 0 && at <= now) waits.refuse("", rest);
    if (isSending) items.answer(id, "too_late");
  }

  async function load(): Promise<void> {
    const of = user;
    const turn = loading.then(async () => {
      const before = items.sorted().filter(({ stored }) => stored);
      const loaded = of && (await keeper.load(of));
      if (!loaded || user !== of) return;
      for (const item of loaded) take(item);
      const ids = new Set(loaded.map(({ clientMessageId }) => clientMessageId));
      for (const { item } of before) {
        const { clientMessageId: id } = item;
        if (entries.has(id) && !ids.has(id)) drop(id, undefined, true);
      }
      // Handed over before what is older was read, under a clock that had been set back; and so what follows it.
      let last = Math.max(...loaded.map(({ order }) => order));
      for (const entry of items.sorted())
        if (entry.asked === undefined && entry.item.order <= last)
          items.change(entry, { order: (last = items.lastOrder() + 1) });
    });
    await (loading = turn);
  }

  function hear(told: Told): void {
    if ("cancel" in told) void ask(told.cancel);
    else if ("gone" in told) drop(told.gone, told.message, true);
    else if ("cleared" in told)
      for (const id of [...told.cleared, ...entries.keys()]) drop(id, undefined, true);
    else if ("item" in told) take(told.item, told.isSending);
    else {
      for (const [gone, message] of items.left) channel?.post({ gone, message } satisfies Told);
      if (lead.isHeld()) void load();
    }
  }

  // Users

  function enter(userId: number): void {
    if (user?.userId !== userId) {
      if (user) forget();
      user = { server, userId };
      if (storage.isShared) {
        channel = deps.openChannel(nameOf(user));
        channel.onMessage((message) => hear(message as Told));
      }
      void load().then(() => channel?.post({ look: true } satisfies Told));
      // Handed over before it was known who is signed in.
      for (const entry of entries.values()) {
        entry.ready = loading;
        items.change(entry, { userId });
      }
    }
    wake();
  }

  function forget(): void {
    items.forget();
    channel?.close();
    channel = user = undefined;
    isStale = true;
    follow();
    wake();
  }

  /** Forgets all of the user's, wherever it is. Settles when that is durable, or the storage has failed. */
  function clear(): Promise<unknown> {
    const all = [...entries.values()];
    const told: Told = { cleared: [...entries.keys()] };
    channel?.post(told);
    hear(told);
    return Promise.all([user && keeper.clear(user), ...all.map(({ saved }) => saved)]);
  }

  for (const stop of [
    deps.connection.onLink((next) => {
      link = next;
      if (next) waits.connect();
      else sender.unlink();
      // At once: a page that is being frozen has no later.
      follow();
      wake();
    }),
    deps.feed.onEvent((event) => {
      if (event.type !== "message.created" || event.message.sender_id !== user?.userId) return;
      const id = event.message.client_message_id;
      if (id !== null && items.has(id)) drop(id, event.message);
    }),
    session.onChange((change) => {
      if (change.type === "signed_in") return enter(change.userId);
      if (change.type === "lost" && change.reason !== "session_ended") {
        if (isLeaving || change.reason === "account_gone") cleared = clear();
        forget();
      }
      wake();
    }),
  ])
    scope.own(stop);
  const signedIn = session.userId();
  if (signedIn !== undefined) enter(signedIn);

  return {
    getSnapshot: items.snapshot,
    subscribe: (listener) => listen(listeners, listener),
    send(input) {
      checkContent(input.content);
      if (scope.isOver()) throw givenUp();
      if (session.lost()) throw nobodySignedIn();
      // A text takes two bytes for each of its code units.
      let bytes = 2 * input.content.length;
      for (const { item } of entries.values()) bytes += 2 * item.input.content.length;
      if (entries.size >= mostItems || bytes > mostBytes)
        throw new CauserieError("OUTBOX_FULL", "Too many messages are waiting.");
      const now = clock.now();
      const clientMessageId = uuidV7(now, random);
      const entry = items.take(
        {
          clientMessageId,
          userId: user?.userId ?? 0,
          input: Object.freeze({ ...input }),
          order: Math.max(now, items.lastOrder() + 1),
          createdAt: now,
          state: "queued",
          version: 0,
          attempts: 0,
          faults: 0,
          lastError: null,
        },
        false,
        null,
      );
      // Its place in the order is certain when what is older was read.
      entry.ready = loading;
      keeper.save(entry);
      void entry.saved.then(() => items.tellOf(entry));
      return items.promiseOf(clientMessageId);
    },
    async cancel(id) {
      // Perhaps it is of an earlier run, and not read yet.
      if (!entries.has(id)) await loading;
      const entry = entries.get(id);
      if (!entry) return "too_late";
      const asked = ask(id);
      // Whoever decides has to know the item first.
      void entry.saved.then(() => cancels.has(id) && channel?.post({ cancel: id } satisfies Told));
      return asked;
    },
    retry(id) {
      const entry = entries.get(id);
      if (!entry) throw new CauserieError("NOT_FOUND", "There is no such message in the outbox.");
      if (entry.item.state === "failed")
        items.change(entry, { state: "queued", createdAt: clock.now(), faults: 0 });
      return items.promiseOf(id);
    },
    async discard(id) {
      const entry = entries.get(id);
      if (entry?.item.state !== "failed") return;
      drop(id, undefined);
      await entry.saved;
    },
    async signOut(end) {
      isLeaving = true;
      try {
        await end();
      } finally {
        isLeaving = false;
        await cleared;
      }
    },
    async close() {
      scope.end();
      const saved = [...entries.values()].map((entry) => entry.saved);
      forget();
      await Promise.all(saved);
      await storage.close?.();
    },
  };
}
