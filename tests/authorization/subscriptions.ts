import { openFrames } from "../support/frames.ts";
import { openTrpcFrames } from "../support/raw-trpc-socket.ts";
import { openSse } from "../support/sse.ts";
import type { TestServer } from "../support/test-server.ts";
import type { LiveEvent } from "./happenings.ts";

interface Item {
  /** The cursor, where the subscription has one. */
  readonly id: string | undefined;
  readonly event: LiveEvent;
}

/** A subscription of one person, or the code with which it was refused. */
export interface Subscription {
  items(): readonly Item[];
  refusal(): string | undefined;
  close(): void;
}

interface Caller {
  readonly token: string | undefined;
  readonly input?: object | undefined;
  readonly lastEventId?: string | undefined;
}

export interface Carrier {
  readonly name: string;
  open(server: TestServer, procedure: string, caller: Caller): Promise<Subscription>;
}

interface TrpcFrame {
  readonly result?: { readonly type: string; readonly id?: string; readonly data?: unknown };
  readonly error?: { readonly data: { readonly code: string } };
}

const overSocket: Carrier = {
  name: "tRPC over WebSocket",
  async open(server, procedure, { token, input: given, lastEventId }) {
    const socket =
      token === undefined ? await openFrames(`${server.wsUrl}/trpc`) : await openTrpcFrames(server, token);
    const input = lastEventId === undefined ? given : { ...given, lastEventId };
    socket.send({ id: 1, method: "subscription", params: { path: procedure, ...(input && { input }) } });
    const frames = () => socket.frames as readonly TrpcFrame[];
    return {
      items: () =>
        frames().flatMap(({ result }) => {
          if (result?.type !== "data") return [];
          // A tracked item comes wrapped with its id.
          const data = result.data as LiveEvent & { id?: string; data?: LiveEvent };
          return { id: data.id, event: data.data ?? data };
        }),
      refusal: () => frames().find(({ error }) => error)?.error?.data.code,
      close: socket.close,
    };
  },
};

const overSse: Carrier = {
  name: "server-sent events",
  async open(server, procedure, { token, input, lastEventId }) {
    // An empty token is none.
    const options = {
      token: token ?? "",
      ...(input && { input }),
      ...(lastEventId === undefined ? {} : { lastEventId }),
    };
    const stream = await openSse(server.url, procedure, options);
    return {
      items: () =>
        stream.events.flatMap(({ event, id, data }) =>
          event === "message" ? { id, event: data as LiveEvent } : [],
        ),
      refusal: () => {
        const failure = stream.events.find(({ event }) => event === "serialized-error");
        return (failure?.data as { data: { code: string } } | undefined)?.data.code;
      },
      close: stream.close,
    };
  },
};

export const carriers: readonly Carrier[] = [overSocket, overSse];
