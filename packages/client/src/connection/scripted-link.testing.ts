import { CauserieError, type CauserieErrorCode } from "../errors.ts";
import type { Bootstrap, ServerEvent } from "../types.ts";
import {
  LinkRefused,
  type Link,
  type LinkOptions,
  type LinkRequest,
  type Loss,
  type OpenLink,
  type Subscriber,
  type Transport,
} from "./link.ts";

/** A call that waits for the test to answer it. */
export interface ScriptedCall {
  readonly request: LinkRequest;
  answer(output: unknown): void;
  refuse(error: CauserieError): void;
}

/** One attempt to open a link, and the link that the test makes of it. */
export interface ScriptedAttempt {
  readonly transport: Transport;
  readonly token: string | undefined;
  readonly at: number;
  readonly calls: ScriptedCall[];
  readonly streams: ScriptedStream[];
  pings: number;
  isAborted(): boolean;
  /** How the client closed it. */
  closedBy: 1000 | "cut" | undefined;
  /** The link opens. */
  open(): void;
  refuse(loss: Partial<Loss>): void;
  /** Anything arrives. */
  alive(): void;
  /** The open link ends. */
  lose(loss: Partial<Loss>): void;
  /** The stream that runs now. */
  stream(): ScriptedStream;
  call(path: string): ScriptedCall;
}

export interface ScriptedStream {
  readonly cursor: string | undefined;
  isStopped: boolean;
  started(): void;
  item(event: ServerEvent, id: string): void;
  heartbeat(id: string): void;
  end(error?: CauserieError): void;
}

export function failure(code: CauserieErrorCode, status?: number, retryAfterMs?: number): CauserieError {
  return new CauserieError(code, "As the test wants it.", { status, retryAfterMs });
}

export const heartbeat = { type: "heartbeat", timestamp: "2026-01-01T00:00:00.000Z" } as const;

/** A stored event, told apart by its number. */
export function eventOf(number: number): ServerEvent {
  return { type: "conversation.read", conversation_id: 1, last_read_seq: number };
}

export function snapshotOf(cursor: string, userId = 1): Bootstrap {
  const user = { id: userId, email: "a@b.example", username: "a", name: null };
  return {
    user,
    conversations: [],
    next_cursor: null,
    unread_total: 0,
    online_user_ids: [],
    cursor,
  } as never;
}

/** Links that do what the test says, and note what was asked of them. */
export function scriptLinks(now: () => number, onAttempt?: (attempt: ScriptedAttempt) => void) {
  const attempts: ScriptedAttempt[] = [];

  function openerOf(transport: Transport): OpenLink {
    return (options, signal) =>
      new Promise((resolve, reject) => {
        const attempt = scriptAttempt(transport, options, signal, now(), { resolve, reject });
        attempts.push(attempt);
        onAttempt?.(attempt);
      });
  }

  return { attempts, websocket: openerOf("websocket"), sse: openerOf("sse") };
}

function scriptAttempt(
  transport: Transport,
  options: LinkOptions,
  signal: AbortSignal,
  at: number,
  settle: { resolve(link: Link): void; reject(error: unknown): void },
): ScriptedAttempt {
  let isOpen = false;
  const lossOf = (loss: Partial<Loss>): Loss => ({ transport, error: failure("NETWORK"), ...loss });

  function fall(): void {
    isOpen = false;
    for (const stream of attempt.streams) stream.isStopped = true;
    for (const call of attempt.calls) call.refuse(failure("NETWORK"));
  }

  const link: Link = {
    transport,
    call: (request) =>
      new Promise((resolve, reject) => {
        if (!isOpen) return reject(failure("NETWORK"));
        const call: ScriptedCall = {
          request,
          answer(output) {
            options.onAlive();
            resolve(output);
          },
          refuse(error) {
            if (error.status !== undefined) options.onAlive();
            reject(error);
          },
        };
        attempt.calls.push(call);
      }),
    subscribe(request, subscriber) {
      const stream = scriptStream(request, subscriber, options.onAlive);
      stream.isStopped = !isOpen;
      attempt.streams.push(stream);
      return () => {
        stream.isStopped = true;
      };
    },
    ping() {
      attempt.pings += 1;
    },
    close(how) {
      attempt.closedBy = how;
      fall();
    },
  };

  const attempt: ScriptedAttempt = {
    ...{ transport, token: options.token, at, calls: [], streams: [], pings: 0, closedBy: undefined },
    isAborted: () => signal.aborted,
    open() {
      isOpen = true;
      settle.resolve(link);
    },
    refuse: (loss) => settle.reject(new LinkRefused(lossOf(loss))),
    alive: () => options.onAlive(),
    lose(loss) {
      if (!isOpen) return;
      fall();
      options.onLost(lossOf(loss));
    },
    stream() {
      const stream = attempt.streams.at(-1);
      if (!stream) throw new Error("No stream was started.");
      return stream;
    },
    call(path) {
      const call = attempt.calls.findLast(({ request }) => request.path === path);
      if (!call) throw new Error(`Nobody called ${path}.`);
      return call;
    },
  };
  return attempt;
}

function scriptStream({ input }: LinkRequest, subscriber: Subscriber, onAlive: () => void): ScriptedStream {
  const stream: ScriptedStream = {
    cursor: (input as { lastEventId?: string }).lastEventId,
    isStopped: false,
    started: () => tell(() => subscriber.onStarted()),
    item: (event, id) => tell(() => subscriber.onItem(event, id)),
    heartbeat: (id) => stream.item(heartbeat, id),
    end(error) {
      tell(() => subscriber.onEnd(error));
      stream.isStopped = true;
    },
  };
  function tell(work: () => void): void {
    if (stream.isStopped) return;
    onAlive();
    work();
  }
  return stream;
}
