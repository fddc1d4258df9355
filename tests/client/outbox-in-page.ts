import { createClient } from "@causerie/client";
import { createOutbox } from "../../packages/client/src/outbox/create-outbox.ts";
import { indexedDbOutbox } from "../../packages/client/src/outbox/indexed-db-outbox.ts";
import type { Outbox, OutboxItem, OutboxStorage } from "../../packages/client/src/outbox/outbox.ts";
import { systemClock } from "../../packages/client/src/platform/clock.ts";

/** Runs in a page, for tests: an outbox on what browsers have, whose connection is there when the test says so. */
export interface OutboxInPage {
  /** Starts the outbox of a user; it is not connected yet. */
  start(userId: number, token: string): void;
  readonly outbox: Outbox;
  connect(isThere: boolean): void;
  /** How many calls this page has made. */
  readonly calls: string[];
  readonly settled: string[];
  readonly volatile: string[];
  send(conversationId: number, content: string): string;
  states(): string[];
  readonly storage: OutboxStorage;
  item(id: string, userId: number, ageMs: number): OutboxItem;
}

const listeners = new Set<(link: never) => void>();
let outbox: Outbox | undefined;

const inPage: OutboxInPage = {
  calls: [],
  settled: [],
  volatile: [],
  storage: indexedDbOutbox(),
  get outbox() {
    if (!outbox) throw new Error("It is not started.");
    return outbox;
  },
  start(userId, token) {
    const client = createClient({ url: location.origin, token });
    outbox = createOutbox({
      server: location.origin,
      clock: systemClock,
      random: Math.random,
      locks: {
        areShared: true,
        hold: async (name, work, signal) =>
          await navigator.locks.request(name, signal ? { signal } : {}, () => work()),
      },
      openChannel(name) {
        const channel = new BroadcastChannel(name);
        return {
          post: (message) => channel.postMessage(message),
          onMessage(listener) {
            channel.onmessage = ({ data }) => listener(data);
            return () => (channel.onmessage = null);
          },
          close: () => channel.close(),
        };
      },
      storage: inPage.storage,
      session: {
        userId: () => userId,
        lost: () => undefined,
        current: () => token,
        token: () => Promise.resolve(token),
        onChange: () => () => undefined,
      },
      connection: {
        onLink(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      // Without events: what is acknowledged is acknowledged by answers, and told by other tabs.
      feed: { onEvent: () => () => undefined },
      send(input) {
        inPage.calls.push(input.content);
        return client.messages.send(input);
      },
      conversationWith: () => undefined,
      onVolatile: (code) => void inPage.volatile.push(code),
      report: () => undefined,
    });
  },
  connect(isThere) {
    for (const listener of listeners) listener((isThere ? {} : undefined) as never);
  },
  send(conversation_id, content) {
    const { clientMessageId, sent } = inPage.outbox.send({ conversation_id, content });
    sent.then(
      () => inPage.settled.push(content),
      (error: { code: string }) => inPage.settled.push(`${content}: ${error.code}`),
    );
    return clientMessageId;
  },
  states: () => inPage.outbox.getSnapshot().map(({ input, state }) => `${input.content}: ${state}`),
  item: (id, userId, ageMs) => ({
    ...{ clientMessageId: id, userId, input: { receiver_id: 2, content: id }, order: 1 },
    ...{
      createdAt: Date.now() - ageMs,
      state: "queued",
      version: 0,
      attempts: 0,
      faults: 0,
      lastError: null,
    },
  }),
};

Object.assign(globalThis, { inPage });
