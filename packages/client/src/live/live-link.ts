import { createWSClient, TRPCClientError, wsLink, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { CauserieError } from "../errors.ts";
import type { AppRouter } from "../types.ts";
import { backoffMs } from "./backoff.ts";
import { finalError, sessionEnded } from "./closing.ts";

export interface LiveLinkOptions {
  /** `ws://…/trpc` or `wss://…/trpc`. */
  readonly url: string;
  /** The token to connect with; asked for at each connection. */
  readonly token: () => Promise<string | undefined>;
  /** For runtimes without a WebSocket of their own. */
  readonly WebSocket?: typeof globalThis.WebSocket | undefined;
}

/** One WebSocket shared by all subscriptions: open while there are any, and opened again when lost. */
export interface LiveLink {
  readonly link: TRPCLink<AppRouter>;
  /** Lets a connection that carries nothing go, as it may hold an outdated token. */
  renew(): void;
  /** Ends all subscriptions and closes the connection. */
  close(): Promise<void>;
}

/** An unused connection stays this long, for whoever subscribes next. */
const idleMs = 5_000;
const keepAlive = { enabled: true, intervalMs: 25_000, pongTimeoutMs: 10_000 };

export function createLiveLink({ url, token, WebSocket }: LiveLinkOptions): LiveLink {
  const running = new Set<(error: CauserieError) => void>();
  let socket: ReturnType<typeof openSocket> | undefined;
  let failures = 0;

  function endAll(error: CauserieError): void {
    for (const end of [...running]) end(error);
    renew();
  }

  function openSocket() {
    if (!WebSocket && typeof globalThis.WebSocket === "undefined") {
      throw new Error("This runtime has no WebSocket: pass one as createClient({ WebSocket }).");
    }
    let used: string | undefined;
    let refused = false;
    return createWSClient({
      url,
      ...(WebSocket ? { WebSocket } : {}),
      lazy: { enabled: true, closeMs: idleMs },
      keepAlive,
      retryDelayMs: (attempt) => backoffMs(Math.max(attempt, failures)),
      async connectionParams() {
        const next = await newToken();
        used = next;
        return next === undefined ? {} : { token: next };
      },
      onClose(event) {
        failures += 1;
        refused = event?.code === sessionEnded;
        const error = finalError(event?.code);
        if (error) endAll(error);
      },
    });

    /** The token to connect with. Without a better one than what was refused, subscriptions end. */
    async function newToken(): Promise<string | undefined> {
      try {
        const next = await token();
        if (refused && (next === undefined || next === used)) {
          throw new CauserieError("UNAUTHORIZED", "The session has ended: sign in again.", { status: 401 });
        }
        return next;
      } catch (error) {
        if (!(error instanceof CauserieError) || error.code !== "UNAUTHORIZED") throw error;
        endAll(error);
        return undefined;
      }
    }
  }

  async function dropSocket(): Promise<void> {
    const dropped = socket;
    socket = undefined;
    await dropped?.close();
  }

  function renew(): void {
    if (running.size === 0) void dropSocket();
  }

  const link: TRPCLink<AppRouter> = (runtime) => (request) =>
    observable((observer) => {
      let subscription: { unsubscribe(): void } | undefined;
      let retry: ReturnType<typeof setTimeout> | undefined;
      let lastEventId: string | undefined;
      const end = (error: CauserieError) => observer.error(TRPCClientError.from(error));
      running.add(end);
      start();

      function start(): void {
        const from = lastEventId === undefined ? request : resumed(request, lastEventId);
        socket ??= openSocket();
        subscription = wsLink<AppRouter>({ client: socket })(runtime)(from).subscribe({
          next(envelope) {
            if (envelope.result.type === "data") {
              failures = 0;
              lastEventId = (envelope.result as { id?: string }).id ?? lastEventId;
            }
            observer.next(envelope);
          },
          error(error) {
            if (isDropped(error) && running.has(end)) {
              retry = setTimeout(start, backoffMs(Math.max(1, failures)));
              return;
            }
            observer.error(error);
            renew();
          },
          complete: observer.complete,
        });
      }

      return () => {
        clearTimeout(retry);
        running.delete(end);
        subscription?.unsubscribe();
      };
    });

  return { link, renew, close: dropSocket };
}

/**
 * tRPC's client gives up a request whose connection closed between opening and its first
 * frame. The server has not answered then, so the subscription is worth starting again.
 */
function isDropped(error: TRPCClientError<AppRouter>): boolean {
  return !error.data && !(error.cause instanceof CauserieError);
}

/** The same subscription, from the last event that came. */
function resumed<Request extends { readonly op: { readonly input: unknown } }>(
  request: Request,
  lastEventId: string,
): Request {
  const input = { ...(request.op.input as object | undefined), lastEventId };
  return { ...request, op: { ...request.op, input } };
}
