import { getTRPCErrorFromUnknown, TRPCError } from "@trpc/server";
import { isLiveStream, runLive, type LiveStream } from "../../realtime/live-stream.ts";
import { iterateTo } from "./iterate-to.ts";
import type { ItemFrames } from "./item-frames.ts";
import { startedReply, stoppedReply } from "./replies.ts";
import { invoke, refuse, type RouterSession, type SocketCall } from "./socket-calls.ts";

/** A subscription of a socket. */
export interface RunningSubscription {
  /** Ends it on behalf of the client; it is told when all is cleaned up. */
  stop(): void;
}

export interface SubscribeOptions {
  readonly itemFrames: ItemFrames;
  readonly onDelivered: () => void;
  /** It is over, and its id is free. */
  readonly onEnd: () => void;
}

/**
 * Runs a subscription. A live stream pushes its items straight into the socket; of anything else
 * that can be iterated one item is fetched after another.
 */
export function subscribe(
  session: RouterSession,
  call: SocketCall,
  { itemFrames, onDelivered, onEnd }: SubscribeOptions,
): RunningSubscription {
  const { connection } = session;
  const { head, path, input } = call;
  const leave = new AbortController();
  let isStarted = false;
  let isOver = false;
  let halt: (() => void) | undefined;

  /** Says so once, with the failure if there is one. What fails later is only reported. */
  function end(error?: unknown): void {
    if (isOver && error !== undefined && !isAbort(error))
      session.report({ error: getTRPCErrorFromUnknown(error), path });
    if (isOver) return;
    isOver = true;
    onEnd();
    if (error !== undefined) refuse(session, head, error, call);
    if (error === undefined || isStarted) connection.send(stoppedReply(head));
  }

  function push(item: unknown): boolean {
    connection.sendFrame(itemFrames(head, item));
    onDelivered();
    return true;
  }

  function start(result: unknown): void {
    // The client, or the socket, may have gone while the call was let in.
    if (isOver) return;
    if (!isIterable(result)) {
      throw new TRPCError({
        code: "INTERNAL_SERVER_ERROR",
        message: `Subscription ${path} did not return an observable or a AsyncGenerator`,
      });
    }
    isStarted = true;
    connection.send(startedReply(head));
    halt = isLiveStream(result)
      ? run(result)
      : iterateTo(result, { push, room: connection.room, end, leave });
  }

  const run = (stream: LiveStream<unknown>) =>
    runLive(stream, {
      send: push,
      sendEphemeral(key, item, onLost) {
        // Other subscriptions of the socket have keys of their own.
        connection.sendEphemeral(head + key, itemFrames(head, item), onLost);
        onDelivered();
      },
      hasRoom: connection.hasRoom,
      room: connection.room,
      end,
    });

  try {
    invoke(session, call, async () => input, leave.signal)
      .then(start)
      .catch(end);
  } catch (error) {
    // Its id must be known before it is free again.
    queueMicrotask(() => end(error));
  }

  return {
    stop() {
      leave.abort();
      halt?.();
      end();
    },
  };
}

/** How what was left behind may end. */
const isAbort = (error: unknown) => error instanceof Error && error.name === "AbortError";

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
