import type { IncomingMessage } from "node:http";
import { getTRPCErrorFromUnknown, TRPCError, type AnyTRPCRouter } from "@trpc/server";
import { parseConnectionParamsFromUnknown } from "@trpc/server/http";
import type { Connection } from "../../realtime/connection.ts";
import { createLane } from "../../realtime/lane.ts";
import { textFrame } from "../../realtime/text-frame.ts";
import { createItemFrames } from "./item-frames.ts";
import { createMessageHandler } from "./message-handler.ts";
import { readMessages, type Incoming } from "./read-messages.ts";
import { replyHead } from "./replies.ts";
import { refuse, type FailureReport, type RouterSession } from "./socket-calls.ts";

/** What a client says of itself when it connects; null when it did not announce to say anything. */
export type ConnectionParams = Readonly<Record<string, string | undefined>> | null;

export interface RouterSocketOptions<Context> {
  readonly router: AnyTRPCRouter;
  readonly maxBatchSize: number;
  /** Makes the context of all calls of a socket. Frames wait for it. */
  readonly createContext: (
    connection: Connection,
    request: IncomingMessage,
    params: ConnectionParams,
  ) => Promise<Context>;
  readonly onFailure: (failure: FailureReport, ctx: Context | undefined) => void;
  /** An item of a subscription was handed to a socket. */
  readonly onDelivered: () => void;
}

const codes = { badProtocol: 4400, tryAgainLater: 1013 };
const pong = textFrame("PONG");

/** Serves a tRPC router on WebSockets, in the protocol of `wsLink` of `@trpc/client`. */
export function createRouterSocket<Context>(options: RouterSocketOptions<Context>) {
  const { router, onFailure, onDelivered } = options;
  const { transformer } = router._def._config;
  const reading = { maxBatchSize: options.maxBatchSize, transformer };
  const itemFrames = createItemFrames();

  return function serve(connection: Connection, request: IncomingMessage): void {
    const { socket } = connection;
    const session: RouterSession<Context | undefined> = {
      connection,
      router,
      ctx: undefined,
      lane: createLane(),
      report: (failure) => onFailure(failure, session.ctx),
    };
    /** What the context is made from, until it is. */
    let handshake: IncomingMessage | undefined = request;
    let saysParams = expectsParams(request);
    /** Frames that came before the context was there. */
    let early: Incoming[] | undefined = [];
    const handler = createMessageHandler({ session, itemFrames, onDelivered });

    socket.on("message", (data, isBinary) => {
      const text = isBinary ? undefined : String(data);
      if (text === "PONG") return;
      if (text === "PING") return connection.sendFrame(pong);
      if (saysParams) {
        saysParams = false;
        void open(() => readParams(text));
        return;
      }
      if (!connection.isOpen()) return;
      const messages = readMessages(text, reading);
      if (early) early.push(...messages);
      else handler.handle(messages);
    });
    socket.on("close", handler.close);
    if (!saysParams) void open(() => null);

    async function open(params: () => ConnectionParams): Promise<void> {
      // What else the client sends waits in the network.
      socket.pause();
      try {
        if (handshake) session.ctx = await options.createContext(connection, handshake, params());
      } catch (error) {
        reject(error);
      }
      handshake = undefined;
      socket.resume();
      const waiting = early ?? [];
      early = undefined;
      if (connection.isOpen()) handler.handle(waiting);
    }

    /** Without a context nothing can be served. */
    function reject(cause: unknown): void {
      const error = getTRPCErrorFromUnknown(cause);
      refuse(session, replyHead(null, undefined), error);
      connection.close(error.code === "PARSE_ERROR" ? codes.badProtocol : codes.tryAgainLater);
    }
  };
}

/** Whether the client announced to say who it is in its first message. */
function expectsParams({ url = "" }: IncomingMessage): boolean {
  return new URLSearchParams(url.split("?")[1]).get("connectionParams") === "1";
}

function readParams(text: string | undefined): ConnectionParams {
  try {
    const message: unknown = JSON.parse(text ?? "");
    if (typeof message !== "object" || message === null) throw new Error("It is not an object.");
    return parseConnectionParamsFromUnknown("data" in message ? message.data : undefined);
  } catch (cause) {
    throw new TRPCError({ code: "PARSE_ERROR", message: "Malformed TRPCConnectionParamsMessage", cause });
  }
}
