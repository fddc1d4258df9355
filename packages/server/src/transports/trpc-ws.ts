import type { IncomingMessage } from "node:http";
import { limits } from "@causerie/shared";
import type { Logger } from "../lib/logger.ts";
import type { Connection } from "../realtime/connection.ts";
import type { DeliveryStats } from "../realtime/delivery-stats.ts";
import { appRouter } from "../rpc/app-router.ts";
import type { Context, Services } from "../rpc/context.ts";
import { socketCookieCallerOf } from "../rpc/cookie-caller.ts";
import { createSocketContext } from "../rpc/create-context.ts";
import { describeError } from "../rpc/describe-error.ts";
import { createRouterSocket } from "./trpc-ws/router-socket.ts";

export interface TrpcSocketsDeps {
  readonly services: Services;
  readonly logger: Logger;
  readonly stats: DeliveryStats;
}

const codes = { unauthorized: 4401, authTimeout: 4408 };

/** tRPC over WebSocket. A socket must say who it is within seconds, and ends with its session. */
export function createTrpcSockets({ services, logger, stats }: TrpcSocketsDeps) {
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
    connection.onSignOfLife(presenceHandle.renew);
    socket.on("close", () => {
      stopWatching();
      presenceHandle.leave();
    });
    return principal;
  }

  const serve = createRouterSocket<Context>({
    router: appRouter,
    maxBatchSize: limits.socketBatchSize,
    async createContext(connection, request, params) {
      const principal = await authenticate(connection, request, params?.["token"]);
      if (principal) waits.get(connection)?.();
      return createSocketContext(services, request, connection, principal);
    },
    onFailure({ error, path }, ctx) {
      const { code, status } = describeError(error);
      if (status >= 500) logger.error({ err: error.cause ?? error, path }, "a call failed");
      if (code === "RATE_LIMITED") ctx?.connection?.countRefusal();
    },
    onDelivered: () => (stats.deliveries += 1),
  });
  /** What ends the wait for each socket's user. */
  const waits = new WeakMap<Connection, () => void>();

  return function handle(connection: Connection, request: IncomingMessage): void {
    const cancel = clock.after(limits.socketAuthMs, () => connection.close(codes.authTimeout));
    waits.set(connection, cancel);
    connection.socket.on("close", cancel);
    serve(connection, request);
  };
}
