import { isTrackedEnvelope } from "@trpc/server";
import type { TRPCErrorShape } from "@trpc/server/rpc";

/**
 * What a client's message is answered with, as far as it is the same for all answers: the
 * beginning of the JSON. Answers are put together as text, as their data is encoded only once.
 */
export type ReplyHead = string;

export function replyHead(id: string | number | null, jsonrpc: "2.0" | undefined): ReplyHead {
  return jsonrpc === undefined
    ? `{"id":${JSON.stringify(id)},`
    : `{"id":${JSON.stringify(id)},"jsonrpc":"2.0",`;
}

export const startedReply = (head: ReplyHead) => `${head}"result":{"type":"started"}}`;

export const stoppedReply = (head: ReplyHead) => `${head}"result":{"type":"stopped"}}`;

export const errorReply = (head: ReplyHead, shape: TRPCErrorShape) =>
  `${head}"error":${JSON.stringify(shape)}}`;

/** The answer to a call. Throws when the data is not JSON. */
export function dataReply(head: ReplyHead, data: unknown): string {
  // Of nothing there is no JSON.
  const json = JSON.stringify(data) as string | undefined;
  return json === undefined
    ? `${head}"result":{"type":"data"}}`
    : `${head}"result":{"type":"data","data":${json}}}`;
}

/** What follows the head in an item of a subscription; a tracked one tells its id. */
export function itemTail(item: unknown): string {
  if (!isTrackedEnvelope(item)) return dataReply("", item);
  const id = JSON.stringify(item[0]);
  const json = JSON.stringify(item[1]) as string | undefined;
  const data = json === undefined ? "" : `,"data":${json}`;
  return `"result":{"type":"data","data":{"id":${id}${data}},"id":${id}}}`;
}
