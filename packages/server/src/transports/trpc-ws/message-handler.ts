import { TRPCError } from "@trpc/server";
import { answerCall } from "./answer-call.ts";
import type { ItemFrames } from "./item-frames.ts";
import type { Incoming } from "./read-messages.ts";
import { replyHead } from "./replies.ts";
import { refuse, type RouterSession, type SocketCall } from "./socket-calls.ts";
import { subscribe, type RunningSubscription } from "./subscribe.ts";

export interface MessageHandler {
  /** Handles the messages of a frame. */
  handle(messages: readonly Incoming[]): void;
  /** The socket is gone. */
  close(): void;
}

export interface MessageHandlerOptions {
  readonly session: RouterSession;
  readonly itemFrames: ItemFrames;
  readonly onDelivered: () => void;
}

/** Answers the messages of one socket, and knows its subscriptions by their ids. */
export function createMessageHandler({
  session,
  itemFrames,
  onDelivered,
}: MessageHandlerOptions): MessageHandler {
  /** Sockets that only call have none. */
  let subscriptions: Map<string | number, RunningSubscription> | undefined;
  let isClosed = false;

  function handleOne(message: Incoming, batchIndex: number): void {
    if ("error" in message) {
      refuse(session, message.head, message.error);
      return;
    }
    const { id, jsonrpc } = message;
    const head = replyHead(id ?? null, jsonrpc);
    if (id === null || id === undefined) {
      refuse(session, head, new TRPCError({ code: "PARSE_ERROR", message: "`id` is required" }));
      return;
    }
    if (message.method === "subscription.stop") {
      subscriptions?.get(id)?.stop();
      return;
    }
    const { path, input, lastEventId } = message.params;
    const call: SocketCall = {
      head,
      type: message.method,
      path,
      input: lastEventId === undefined ? input : withLastEventId(input, lastEventId),
      batchIndex,
    };
    if (call.type === "subscription") start(id, call);
    else answerCall(session, call);
  }

  function start(id: string | number, call: SocketCall): void {
    if (isClosed) return;
    if (subscriptions?.has(id)) {
      refuse(session, call.head, new TRPCError({ code: "BAD_REQUEST", message: `Duplicate id ${id}` }), call);
      return;
    }
    subscriptions ??= new Map();
    const onEnd = () => subscriptions?.delete(id);
    subscriptions.set(id, subscribe(session, call, { itemFrames, onDelivered, onEnd }));
  }

  return {
    handle: (messages) => messages.forEach(handleOne),

    close() {
      isClosed = true;
      for (const subscription of subscriptions?.values() ?? []) subscription.stop();
      subscriptions = undefined;
    },
  };
}

/** Where a subscription goes on after a reconnect; the client keeps it beside the input. */
function withLastEventId(input: unknown, lastEventId: string): unknown {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return { ...input, lastEventId };
  return input ?? { lastEventId };
}
