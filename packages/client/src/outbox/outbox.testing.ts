import { CauserieError, type CauserieErrorCode } from "../errors.ts";
import type { FeedEvent } from "../feed/feed.ts";
import type { Channel, Locks } from "../platform/platform.ts";
import type { SessionChange } from "../session/session.ts";
import { createVirtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import type { Message, SendInput } from "../types.ts";
import { createOutbox } from "./create-outbox.ts";
import { memoryOutboxStorage } from "./memory-outbox-storage.ts";
import type { Outbox, OutboxChange, OutboxStorage } from "./outbox.ts";

/** What becomes of a call; "hang": neither it nor its loss is heard of while the link lasts. */
export type Fate =
  | "ok"
  | "request_lost"
  | "answer_lost"
  | "hang"
  | { readonly code: CauserieErrorCode; readonly retryAfterMs?: number };

/** A server that stores each message once, as Causerie does. */
export interface ModelServer {
  readonly stored: Message[];
  readonly calls: { readonly input: SendInput; readonly at: number }[];
  /** What becomes of the next calls; "ok" once there are none. */
  readonly fates: Fate[];
  /** Called with each message that arrives, before anything becomes of it. */
  onCall: (clientMessageId: string) => void;
  /** Called with each message that is stored. */
  onStored: (message: Message) => void;
  send(input: SendInput): Promise<Message>;
  delete(clientMessageId: string): void;
}

const latencyMs = 20;
/** The conversation with a person is 1000 and their id; the public one is 1. */
const conversationWith = (receiverId: number | null) => (receiverId === null ? 1 : 1000 + receiverId);

export function createModelServer(clock: VirtualClock, userId = 1): ModelServer {
  const known = new Map<string, { readonly body: string; readonly message: Message | null }>();

  const server: ModelServer = {
    stored: [],
    calls: [],
    fates: [],
    onCall: () => undefined,
    onStored: () => undefined,
    async send(input) {
      server.calls.push({ input, at: clock.now() });
      server.onCall(input.client_message_id ?? "");
      const fate = server.fates.shift() ?? "ok";
      await new Promise<void>((resolve) => clock.after(latencyMs, resolve));
      if (fate === "hang") return new Promise(() => undefined);
      if (fate === "request_lost") throw new CauserieError("NETWORK", "lost");
      if (typeof fate === "object") throw new CauserieError(fate.code, "refused", fate);
      const message = store(input);
      if (fate === "answer_lost") throw new CauserieError("NETWORK", "lost");
      return message;
    },
    delete(id) {
      known.set(id, { body: known.get(id)?.body ?? "", message: null });
    },
  };

  function store(input: SendInput): Message {
    const id = input.client_message_id ?? "";
    const body = JSON.stringify([input.receiver_id, input.conversation_id, input.content, input.reply_to]);
    const earlier = known.get(id);
    if (earlier && (earlier.body !== body || !earlier.message)) {
      throw new CauserieError("IDEMPOTENCY_CONFLICT", "conflict");
    }
    if (earlier?.message) return { ...earlier.message };
    const conversation = input.conversation_id ?? conversationWith(input.receiver_id ?? null);
    const message: Message = {
      id: server.stored.length + 1,
      conversation_id: conversation,
      seq: server.stored.filter((other) => other.conversation_id === conversation).length + 1,
      sender_id: userId,
      receiver_id: input.receiver_id ?? null,
      content: input.content,
      reply_to: input.reply_to ?? null,
      client_message_id: id,
      created_at: new Date(clock.now()).toISOString(),
      updated_at: null,
    };
    known.set(id, { body, message });
    server.stored.push(message);
    server.onStored(message);
    return message;
  }

  return server;
}

/** What the tabs of one browser share: locks, channels and the storage; and time. */
export interface World {
  readonly clock: VirtualClock;
  readonly server: ModelServer;
  /** What is durable. */
  readonly storage: OutboxStorage;
  openTab(options?: TabOptions): Tab;
}

export interface TabOptions {
  /** 1 unless given; null: not known yet. */
  readonly userId?: number | null;
  readonly isLinked?: boolean;
  readonly storage?: OutboxStorage;
}

export interface Tab {
  readonly outbox: Outbox;
  readonly changes: OutboxChange[];
  readonly sent: Message[];
  readonly volatile: CauserieErrorCode[];
  readonly reports: unknown[];
  link(isThere: boolean): void;
  session(change: SessionChange): void;
  /** The token that calls go out with. */
  current: string | undefined;
  /** What `token()` does. */
  token: (refused?: string) => Promise<string | undefined>;
  /** How many times the connection was asked for. */
  wanted: number;
  event(event: FeedEvent): Promise<void>;
  /** Ends without a word: nothing of it is written, sent or heard from now on. */
  crash(): void;
  /** The states in the list, by text. */
  states(): Record<string, string>;
}

export interface WorldOptions {
  /** Where in its span each wait ends; the middle unless given. */
  readonly place?: number;
  /** Instead of `place`. */
  readonly random?: () => number;
  /** Whether there are locks between tabs. */
  readonly areShared?: boolean;
  /** How long the next operation of the storage, or a word between tabs, takes; 1 ms and nothing unless given. */
  readonly delays?: { readonly storage: () => number; readonly channel: () => number };
  /** Whether clients know which conversation a receiver's is. */
  readonly areDirectKnown?: boolean;
  /** Whether asking for a lock fails. */
  readonly areLocksForbidden?: boolean;
  /** Whether the storage is of all tabs. */
  readonly isShared?: boolean;
}

export function createWorld(options: WorldOptions = {}): World {
  const { place = 0.5, areShared = true, isShared = true } = options;
  let drawn = 0;
  // A little different each time, as ids are drawn from it too.
  const random = options.random ?? (() => place + (((drawn += 1) * 0.618033988749895) % 1) / 1_000);
  const clock = createVirtualClock();
  const server = createModelServer(clock);
  const storage = { ...memoryOutboxStorage(), isShared };
  const channels: { name: string; owner: object; hear: (message: unknown) => void }[] = [];
  // The storage and the channel are one queue for all tabs, as in browsers.
  let storageUntil = 0;
  let saidUntil = 0;
  const queues = new Map<string, { owner: object; start: () => void }[]>();

  function locksOf(owner: object): Locks {
    return {
      areShared,
      hold: (lock, work, signal) =>
        new Promise((resolve, reject) => {
          if (options.areLocksForbidden) throw new Error("forbidden");
          const name = areShared ? lock : `${lock} of ${ownerId(owner)}`;
          const queue = queues.get(name) ?? [];
          queues.set(name, queue);
          const wait = {
            owner,
            start: () =>
              void work()
                .then(resolve, reject)
                .then(() => leave(wait)),
          };
          const leave = (one: typeof wait) => {
            const place = queue.indexOf(one);
            if (place < 0) return;
            queue.splice(place, 1);
            if (place === 0) queue[0]?.start();
          };
          signal?.addEventListener("abort", () => {
            if (queue[0] === wait) return;
            leave(wait);
            reject(new Error("aborted"));
          });
          queue.push(wait);
          if (queue[0] === wait) wait.start();
        }),
    };
  }

  const ids = new Map<object, number>();
  function ownerId(owner: object): number {
    const id = ids.get(owner) ?? ids.size;
    ids.set(owner, id);
    return id;
  }

  function openChannel(owner: object, name: string): Channel {
    const own = new Set<(message: unknown) => void>();
    const entry = {
      saidUntil: 0,
      name,
      owner,
      hear: (message: unknown) => own.forEach((listener) => listener(message)),
    };
    channels.push(entry);
    return {
      post(message) {
        const copy: unknown = structuredClone(message);
        for (const other of channels) {
          if (other.name !== name || other.owner === owner) continue;
          const hear = () => channels.includes(other) && other.hear(copy);
          if (!options.delays) void Promise.resolve().then(hear);
          else {
            // Browsers pass on what tabs say in the order in which it was said.
            const due = Math.max(saidUntil, clock.now() + options.delays.channel());
            saidUntil = due;
            clock.after(due - clock.now(), hear);
          }
        }
      },
      onMessage(listener) {
        own.add(listener);
        return () => own.delete(listener);
      },
      close: () => void channels.splice(channels.indexOf(entry), 1),
    };
  }

  return {
    clock,
    server,
    storage,
    openTab({ userId = 1, isLinked = true, storage: given = storage } = {}) {
      const owner = {};
      let isAlive = true;

      let user = userId ?? undefined;
      let lost: ReturnType<Parameters<typeof createOutbox>[0]["session"]["lost"]>;
      let link: object | undefined = isLinked ? {} : undefined;
      const onLink = new Set<(link: never) => void>();
      const onChange = new Set<(change: SessionChange) => void>();
      const onEvent = new Set<(event: FeedEvent, cursor: string) => void | Promise<void>>();
      const never = new Promise<never>(() => undefined);
      /** Each operation takes a moment, and its turn; it is not done when the tab has ended by then. */
      const slow = async <Result>(work: () => Promise<Result>): Promise<Result> => {
        storageUntil = Math.max(storageUntil, clock.now() + (options.delays?.storage() ?? 1));
        await new Promise<void>((resolve) => clock.after(storageUntil - clock.now(), resolve));
        return isAlive ? await work() : await never;
      };
      const tab: Omit<Tab, "outbox"> = {
        changes: [],
        sent: [],
        volatile: [],
        reports: [],
        current: "token",
        token: async () => "token",
        wanted: 0,
        link(isThere) {
          if (!isAlive || isThere === (link !== undefined)) return;
          link = isThere ? {} : undefined;
          for (const listener of onLink) listener(link as never);
        },
        session(change) {
          if (change.type === "signed_in") {
            user = change.userId;
            lost = undefined;
          }
          if (change.type === "lost") {
            user = undefined;
            lost = change.reason;
          }
          for (const listener of onChange) listener(change);
        },
        async event(event) {
          if (isAlive) for (const listener of onEvent) await listener(event, "cursor");
        },
        crash() {
          isAlive = false;
          for (let n = channels.length - 1; n >= 0; n -= 1)
            if (channels[n]?.owner === owner) channels.splice(n, 1);
          for (const queue of queues.values()) {
            const isHeld = queue[0]?.owner === owner;
            const left = queue.filter((wait) => wait.owner !== owner);
            queue.splice(0, queue.length, ...left);
            if (isHeld) queue[0]?.start();
          }
        },
        states: () =>
          Object.fromEntries(outbox.getSnapshot().map(({ input, state }) => [input.content, state])),
      };
      const outbox = createOutbox({
        server: "https://chat.example",
        clock: { now: clock.now, after: (ms, work) => clock.after(ms, () => isAlive && work()) },
        random,
        locks: {
          areShared,
          hold: (...wait) => (isAlive ? locksOf(owner).hold(...wait) : never),
        },
        openChannel(name) {
          const channel = openChannel(owner, name);
          return { ...channel, post: (message) => isAlive && channel.post(message) };
        },
        storage: {
          isShared: given.isShared,
          load: (of) => slow(() => given.load(of)),
          put: (of, item) => slow(() => given.put(of, structuredClone(item))),
          remove: (of, id) => slow(() => given.remove(of, id)),
        },
        session: {
          userId: () => user,
          lost: () => lost,
          current: () => tab.current,
          token: (refused) => tab.token(refused),
          onChange: (listener) => (onChange.add(listener), () => onChange.delete(listener)),
        },
        connection: {
          onLink(listener) {
            onLink.add(listener);
            if (link) listener(link as never);
            return () => onLink.delete(listener);
          },
        },
        feed: { onEvent: (handler) => (onEvent.add(handler), () => onEvent.delete(handler)) },
        async send(input) {
          if (!isAlive) return never;
          const result = await server.send(input).then(
            (message) => () => message,
            (error: unknown) => () => {
              throw error;
            },
          );
          return isAlive ? result() : never;
        },
        // What a client hears of: the conversations in which there are messages.
        conversationWith: (receiver) =>
          options.areDirectKnown || server.stored.some((message) => message.receiver_id === receiver)
            ? conversationWith(receiver)
            : undefined,
        onWanted: () => (tab.wanted += 1),
        onSent: (message) => void tab.sent.push(message),
        onChange: (change) => void tab.changes.push(change),
        onVolatile: (code) => void tab.volatile.push(code),
        report: (_where, error) => void tab.reports.push(error),
      });
      return Object.assign(tab, { outbox });
    },
  };
}
