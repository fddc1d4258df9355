import { TRPCError, type TRPCCombinedDataTransformer } from "@trpc/server";
import { parseTRPCMessage, type TRPCClientOutgoingMessage } from "@trpc/server/rpc";
import { replyHead, type ReplyHead } from "./replies.ts";

/** What a client asks for, or why it cannot be read. */
export type Incoming = TRPCClientOutgoingMessage | Unreadable;

export interface Unreadable {
  readonly error: TRPCError;
  /** How the refusal begins: with the message's id, as far as it has one. */
  readonly head: ReplyHead;
}

export interface Reading {
  /** How many messages a frame may hold. */
  readonly maxBatchSize: number;
  readonly transformer: TRPCCombinedDataTransformer;
}

/**
 * The messages of a frame, in order; of a binary one there is no `text`. A message that cannot be
 * read spoils none of the others; of a batch that is too large every message is refused.
 */
export function readMessages(text: string | undefined, reading: Reading): Incoming[] {
  const frame = parseJson(text);
  if (frame instanceof TRPCError) return [{ error: frame, head: replyHead(null, undefined) }];
  if (!Array.isArray(frame)) return [readMessage(frame, reading)];
  if (frame.length > reading.maxBatchSize) return refuseBatch(frame);
  return frame.map((message) => readMessage(message, reading));
}

function parseJson(text: string | undefined): unknown {
  try {
    if (text !== undefined) return JSON.parse(text);
  } catch (cause) {
    return new TRPCError({ code: "PARSE_ERROR", cause });
  }
  return new TRPCError({ code: "PARSE_ERROR", cause: new Error("A frame must be text.") });
}

function readMessage(message: unknown, { transformer }: Reading): Incoming {
  try {
    return parseTRPCMessage(message, transformer);
  } catch (cause) {
    return { error: new TRPCError({ code: "PARSE_ERROR", cause }), head: headOf(message) };
  }
}

function refuseBatch(messages: readonly unknown[]): Unreadable[] {
  const error = new TRPCError({ code: "BAD_REQUEST", message: "Batch call exceeds maximum size" });
  const heads = messages.filter(isAnswered).map(headOf);
  return (heads.length > 0 ? heads : [replyHead(null, undefined)]).map((head) => ({ error, head }));
}

const isAnswered = (message: unknown) =>
  idOf(message) !== null && fieldOf(message, "method") !== "subscription.stop";

function headOf(message: unknown): ReplyHead {
  return replyHead(idOf(message), fieldOf(message, "jsonrpc") === "2.0" ? "2.0" : undefined);
}

function idOf(message: unknown): string | number | null {
  const id = fieldOf(message, "id");
  return typeof id === "number" || typeof id === "string" ? id : null;
}

function fieldOf(message: unknown, name: string): unknown {
  return typeof message === "object" && message !== null
    ? (message as Record<string, unknown>)[name]
    : undefined;
}
