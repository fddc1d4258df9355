import { TRPCError } from "@trpc/server";
import { dataReply } from "./replies.ts";
import { invoke, refuse, type RouterSession, type SocketCall } from "./socket-calls.ts";

/**
 * Runs a query or mutation and answers it. The mutations of a socket get their inputs, and so
 * begin to write, in the order they came.
 */
export function answerCall(session: RouterSession, call: SocketCall): void {
  const { connection, lane } = session;
  const { head, type, input } = call;
  const ticket = type === "mutation" ? lane.join() : undefined;

  function succeed(data: unknown): void {
    ticket?.leave();
    try {
      if (isAsyncIterable(data)) {
        throw new TRPCError({
          code: "UNSUPPORTED_MEDIA_TYPE",
          message: `Cannot return an async iterable or observable from a ${type} procedure with WebSockets`,
        });
      }
      connection.send(dataReply(head, data));
    } catch (error) {
      refuse(session, head, error, call);
    }
  }

  function fail(error: unknown): void {
    ticket?.leave();
    refuse(session, head, error, call);
  }

  try {
    const rawInput = ticket
      ? async () => {
          await ticket.pass();
          connection.requireSession();
          return input;
        }
      : async () => input;
    connection.attend(invoke(session, call, rawInput).then(succeed, fail));
  } catch (error) {
    fail(error);
  }
}

function isAsyncIterable(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}
