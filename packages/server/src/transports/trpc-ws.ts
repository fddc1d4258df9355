import type { IncomingMessage } from "node:http";
import { limits } from "@causerie/shared";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import type { WebSocket, WebSocketServer } from "ws";
import type { Logger } from "../lib/logger.ts";
import type { Connection } from "../realtime/connection.ts";
import { appRouter } from "../rpc/app-router.ts";
import type { Services } from "../rpc/context.ts";
import { createSocketContext } from "../rpc/create-context.ts";
import { socketCookieCallerOf } from "../rpc/cookie-caller.ts";
import { describeError } from "../rpc/describe-error.ts";

export interface TrpcSocketsDeps {
  readonly services: Services;
  readonly logger: Logger;
  readonly server: WebSocketServer;
}

const codes = { badProtocol: 4400, unauthorized: 4401, authTimeout: 4408 };

/** tRPC over WebSocket. A socket must say who it is within seconds, and ends with its session. */
export function createTrpcSockets({ services, logger, server }: TrpcSocketsDeps) {
  const connections = new WeakMap<WebSocket, Connection>();
  const { clock, liveSessions, presence, sessions } = services;

  async function authenticate(connection: Connection, request: IncomingMessage, token: string | undefined) {
    const principal =
      token === undefined
        ? await socketCookieCallerOf(sessions, request)
        : await sessions.authenticate(token);
    if (!connection.isOpen()) return null;
    if (!principal) {
      // Who brings nothing, or an old cookie, is refused call by call until the wait is over.
      if (token !== undefined) connection.close(codes.unauthorized);
      return null;
    }
    if (!connection.belongTo(principal.userId)) return null;
    const { socket } = connection;
    const stopWatching = liveSessions.watch(principal, connection.endSession);
    const presenceHandle = presence.join(principal.userId, connection.id);
    socket.on("message", presenceHandle.touch);
    socket.on("pong", presenceHandle.renew);
    socket.on("close", () => {
      stopWatching();
      presenceHandle.leave();
    });
    return principal;
  }

  const serve = getWSConnectionHandler({
    router: appRouter,
    wss: server,
    maxBatchSize: limits.socketBatchSize,
    async createContext({ req, res: socket, info }) {
      const connection = connections.get(socket);
      if (!connection) throw new Error("A tRPC socket has no connection.");
      const principal = await authenticate(connection, req, info.connectionParams?.["token"]);
      if (principal) cancelTimers.get(connection)?.();
      return createSocketContext(services, req, connection, principal);
    },
    onError({ error, path, ctx }) {
      const { code, status } = describeError(error);
      if (status >= 500) logger.error({ err: error.cause ?? error, path }, "a call failed");
      if (code === "RATE_LIMITED") ctx?.connection?.countRefusal();
    },
  });
  const cancelTimers = new WeakMap<Connection, () => void>();

  return function handle(connection: Connection, request: IncomingMessage): void {
    const { socket } = connection;
    connections.set(socket, connection);
    const cancel = clock.after(limits.socketAuthMs, () => connection.close(codes.authTimeout));
    cancelTimers.set(connection, cancel);
    socket.on("close", cancel);
    try {
      serve(socket, request);
    } catch (error) {
      logger.warn({ err: error }, "a socket could not be served");
      connection.close(codes.badProtocol);
    }
  };
}
