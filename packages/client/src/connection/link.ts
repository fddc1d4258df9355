import type { CauserieError } from "../errors.ts";

/** An open way to the server, on which the client has said who it is. */
export interface Link {
  readonly transport: Transport;
  /**
   * Makes a call and resolves to its output. Rejects with a CauserieError: `NETWORK` when a socket was lost before the
   * answer, or none came in time. Over SSE calls are requests of their own, which go on when the stream ends.
   */
  call(request: LinkRequest, signal?: AbortSignal): Promise<unknown>;
  /** Starts a subscription. Returns what stops it, after which nothing of it is heard. */
  subscribe(request: LinkRequest, subscriber: Subscriber): () => void;
  /** Asks for a sign of life, which comes as `onAlive`. Without effect where nothing can be sent. */
  ping(): void;
  /** Closes with this code, or cuts without a handshake. `onLost` is not called. */
  close(how: 1000 | "cut"): void;
}

/** What a connection is made of. */
export type Transport = "websocket" | "sse";

export interface LinkRequest {
  readonly type: "query" | "mutation" | "subscription";
  /** Such as `events.stream`. */
  readonly path: string;
  readonly input: unknown;
}

export interface Subscriber {
  /** The first frame that belongs to the subscription; over SSE that is its first item. */
  onStarted(): void;
  /** `id` is the cursor of a tracked item, and `item` what it is the cursor of. */
  onItem(item: unknown, id: string | undefined): void;
  /** It is over: refused or failed with an error, or stopped by the server without one. */
  onEnd(error: CauserieError | undefined): void;
}

export interface LinkOptions {
  readonly token: string | undefined;
  /** Anything at all arrived. */
  readonly onAlive: () => void;
  /**
   * The link ended, but not by `close`: over SSE when any of its streams broke off or was refused. The calls of a
   * socket have failed and all subscriptions are silent by then.
   */
  readonly onLost: (loss: Loss) => void;
}

/** Why a link could not be opened, or ended. */
export interface Loss {
  readonly transport: Transport;
  /** The close code of a socket; 1006 when there was none. */
  readonly code?: number;
  /** The HTTP status of a refusal, where the platform shows it. */
  readonly status?: number;
  /** How long the server asked to wait. */
  readonly retryAfterMs?: number;
  readonly error: CauserieError;
}

/**
 * Opens a link. Rejects with a `LinkRefused`; aborting gives the attempt up. Over SSE there is nothing to open before
 * a subscription: there a refusal comes as `onLost`.
 */
export type OpenLink = (options: LinkOptions, signal: AbortSignal) => Promise<Link>;

/** What `OpenLink` rejects with. */
export class LinkRefused extends Error {
  readonly loss: Loss;
  constructor(loss: Loss) {
    super(loss.error.message, { cause: loss.error });
    this.loss = loss;
  }
}
