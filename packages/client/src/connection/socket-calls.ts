import { answeredError, type CauserieError } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import { createFrames } from "./frames.ts";
import type { Link, LinkRequest, Subscriber } from "./link.ts";
import { patientCall } from "./patient-call.ts";
import { byteLength, mostBytes, tooLarge } from "./wire-limits.ts";

/** A message of the server, as far as it is read. */
export interface ServerMessage {
  readonly id?: number | null;
  readonly method?: string;
  readonly error?: object;
  readonly result?: {
    readonly type: "started" | "data" | "stopped";
    readonly id?: string;
    readonly data?: unknown;
  };
}

export interface SocketCallsOptions {
  readonly send: (frame: string) => void;
  readonly clock: Clock;
}

/** The calls and subscriptions of a socket, in the protocol of tRPC. */
export interface SocketCalls extends Pick<Link, "call" | "subscribe"> {
  /** Hands an answer to whoever waits for it. */
  take(message: ServerMessage): void;
  /** The socket is gone: calls fail, subscriptions are silent. */
  end(): void;
}

/** Who waits for what comes under an id. */
interface Waiting extends Subscriber {
  /** The socket is gone. */
  onGone?(): void;
}

export function createSocketCalls({ send, clock }: SocketCallsOptions): SocketCalls {
  const waiting = new Map<number, Waiting>();
  const post = createFrames((frame) => isOver || send(frame));
  let lastId = 0;
  let isOver = false;

  /** Returns the id under which the answers come. Nothing comes before it has returned. */
  function ask({ type, path, input }: LinkRequest, who: Waiting): number {
    const id = (lastId += 1);
    const message = JSON.stringify({ id, method: type, params: { path, input } });
    const bytes = byteLength(message);
    waiting.set(id, who);
    if (isOver) queueMicrotask(() => who.onGone?.());
    else if (bytes > mostBytes) queueMicrotask(() => finish(id, tooLarge()));
    else post(message, bytes);
    return id;
  }

  function finish(id: number, error?: CauserieError): void {
    const who = waiting.get(id);
    waiting.delete(id);
    who?.onEnd(error);
  }

  return {
    call: (request, signal) =>
      patientCall(clock, signal, ({ answer, fail }) => {
        const id = ask(request, { onStarted() {}, onItem: answer, onEnd: fail, onGone: fail });
        return () => waiting.delete(id);
      }),

    subscribe(request, subscriber) {
      const id = ask(request, subscriber);
      return () => {
        const message = JSON.stringify({ id, method: "subscription.stop" });
        if (waiting.delete(id)) post(message, message.length);
      };
    },

    take(message) {
      const { error, result } = message;
      const id = message.id as number;
      // What was stopped or given up may still be answered.
      const who = waiting.get(id);
      if (result?.type === "started") who?.onStarted();
      else if (result?.type !== "data") finish(id, error && answeredError(message));
      else if (result.id === undefined) who?.onItem(result.data, undefined);
      else who?.onItem((result.data as { readonly data: unknown }).data, result.id);
    },

    end() {
      isOver = true;
      for (const who of waiting.values()) who.onGone?.();
      waiting.clear();
    },
  };
}
