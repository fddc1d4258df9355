import type { WatchEvent } from "@causerie/shared";
import { expect, vi } from "vitest";
import type { Person } from "../support/people.ts";
import { openTrpcFrames } from "../support/raw-trpc-socket.ts";
import type { TestServer } from "../support/test-server.ts";

/** A running `presence.watch` on a socket of its own. */
export interface Watch {
  readonly events: () => WatchEvent[];
  /** The statuses of a user in the order in which they were told, the first included. */
  readonly statusesOf: (user: { readonly id: number }) => string[];
  /** What was told of typing there, as `user:true` and `user:false`. */
  readonly typingIn: (conversationId: number) => string[];
  /** Waits until everything that was sent before has come. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

interface WatchInput {
  readonly user_ids?: readonly number[];
  readonly conversation_ids?: readonly number[];
}

interface DataFrame {
  readonly id?: number;
  readonly result?: { readonly type: string; readonly data?: WatchEvent };
}

/** Starts one and waits for what it says first. */
export async function watch(server: TestServer, person: Person, input: WatchInput): Promise<Watch> {
  const socket = await openTrpcFrames(server, person.token);
  let calls = 1;
  socket.send({ id: 1, method: "subscription", params: { path: "presence.watch", input } });
  const events = () =>
    (socket.frames as readonly DataFrame[]).flatMap(({ id, result }) =>
      id === 1 && result?.type === "data" && result.data ? [result.data] : [],
    );
  await socket.next((frame) => JSON.stringify(frame).includes("presence.states"));
  return {
    events,
    statusesOf: ({ id }) =>
      events().flatMap((event) => {
        if (event.type === "presence.states")
          return event.users.flatMap(({ user_id, status }) => (user_id === id ? status : []));
        return event.type === "presence.changed" && event.user_id === id ? event.status : [];
      }),
    typingIn: (conversationId) =>
      events().flatMap((event) =>
        event.type === "typing" && event.conversation_id === conversationId
          ? `${event.user_id}:${event.typing}`
          : [],
      ),
    async settled() {
      const id = (calls += 1);
      socket.send({ id, method: "query", params: { path: "users.me" } });
      await socket.next((frame) => frame["id"] === id);
    },
    async close() {
      socket.close();
      await socket.closed();
    },
  };
}

/** Waits until a user who was online is told to be offline, and nothing in between. */
export async function seenToGo(watching: Watch, user: { readonly id: number }): Promise<void> {
  const isGone = () => expect(watching.statusesOf(user)).toEqual(["online", "offline"]);
  await vi.waitFor(isGone, { timeout: 20_000, interval: 10 });
}
