import { WebSocket } from "ws";
import { createHttpCalls } from "../../packages/client/src/connection/http-calls.ts";
import type {
  Link,
  LinkOptions,
  LinkRequest,
  Loss,
  OpenLink,
} from "../../packages/client/src/connection/link.ts";
import { createSseLinkOpener } from "../../packages/client/src/connection/sse-link.ts";
import { createWsLinkOpener } from "../../packages/client/src/connection/ws-link.ts";
import type { CauserieError } from "../../packages/client/src/errors.ts";
import { systemClock, type Clock } from "../../packages/client/src/platform/clock.ts";

/** The ways of a link, and the two kinds of WebSocket: the runtime's own, and one that says more. */
export const linkKinds = ["the runtime's WebSocket", "the WebSocket of ws", "server-sent events"] as const;
export type LinkKind = (typeof linkKinds)[number];
/** Those over WebSocket. */
export const socketKinds = linkKinds.slice(0, 2);

export interface OpenLinkOptions {
  /** Where the server is, `http://…`. */
  readonly url: string;
  readonly token?: string | undefined;
  readonly clock?: Clock;
  readonly WebSocket?: unknown;
  readonly signal?: AbortSignal;
  /** Called when the link is lost. */
  readonly onLost?: () => void;
}

/** An open link, and what it has told so far. */
export interface OpenedLink {
  readonly link: Link;
  readonly losses: Loss[];
  /** How many signs of life there were. */
  readonly alive: () => number;
}

/** What opens links of a kind to the server at `url`. */
export function linkOpener(
  kind: LinkKind,
  { url, token, clock = systemClock, ...given }: OpenLinkOptions,
): OpenLink {
  const own = kind === "the runtime's WebSocket" ? globalThis.WebSocket : WebSocket;
  const Socket = (given.WebSocket ?? own) as typeof globalThis.WebSocket;
  const call = createHttpCalls({ url: `${url}/trpc`, token: async () => token, fetch, clock });
  return kind === "server-sent events"
    ? createSseLinkOpener({ url: `${url}/trpc`, fetch, call })
    : createWsLinkOpener({ url: `${url.replace("http", "ws")}/trpc`, WebSocket: Socket, clock });
}

/** Opens a link. */
export async function openLink(kind: LinkKind, options: OpenLinkOptions): Promise<OpenedLink> {
  const losses: Loss[] = [];
  let alive = 0;
  const heard: LinkOptions = {
    token: options.token,
    onAlive: () => (alive += 1),
    onLost(loss) {
      losses.push(loss);
      options.onLost?.();
    },
  };
  const signal = options.signal ?? new AbortController().signal;
  return { link: await linkOpener(kind, options)(heard, signal), losses, alive: () => alive };
}

/** What a subscription has told so far. */
export interface Followed {
  /** `started`, each item, and how it ended, in order. */
  readonly told: (
    "started" | { readonly item: unknown; readonly id: string | undefined } | { readonly end: unknown }
  )[];
  readonly items: () => unknown[];
  readonly cursor: () => string | undefined;
  readonly end: () => CauserieError | undefined | "running";
  stop(): void;
}

/** Subscribes, and keeps what comes. */
export function follow(link: Link, path: string, input?: unknown): Followed {
  const told: Followed["told"] = [];
  const request: LinkRequest = { type: "subscription", path, input };
  const stop = link.subscribe(request, {
    onStarted: () => void told.push("started"),
    onItem: (item, id) => void told.push({ item, id }),
    onEnd: (end) => void told.push({ end }),
  });
  const items = () => told.flatMap((one) => (typeof one === "object" && "item" in one ? [one] : []));
  return {
    told,
    items: () => items().map(({ item }) => item),
    cursor: () => items().at(-1)?.id,
    end() {
      const last = told.at(-1);
      return typeof last === "object" && "end" in last ? (last.end as CauserieError | undefined) : "running";
    },
    stop,
  };
}

export const query = (path: string, input?: unknown): LinkRequest => ({ type: "query", path, input });
export const mutation = (path: string, input?: unknown): LinkRequest => ({ type: "mutation", path, input });
