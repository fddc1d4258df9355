import type { Logger } from "../lib/logger.ts";
import type { DeliveryStats } from "../realtime/delivery-stats.ts";
import type { Hub } from "../realtime/hub.ts";
import type { Services } from "../rpc/context.ts";
import { createActivitySocket } from "./compat/activity-socket.ts";
import { createChatSocket } from "./compat/chat-socket.ts";
import { compatCodes } from "./compat/compat-socket.ts";
import { createTrpcSockets } from "./trpc-ws.ts";
import type { SocketRoute } from "./upgrade.ts";

export interface SocketRoutesDeps {
  readonly services: Services;
  readonly hub: Hub;
  readonly lobbyId: number;
  readonly logger: Logger;
  readonly stats: DeliveryStats;
}

/** The three kinds of sockets and the paths they answer on. */
export function socketRoutes({ services, hub, lobbyId, logger, stats }: SocketRoutesDeps): SocketRoute[] {
  const serveActivity = createActivitySocket({ services, logger });
  const serveChat = createChatSocket({ services, hub, lobbyId, logger, stats });
  return [
    {
      kind: "trpc",
      path: /^\/trpc\/?$/,
      codes: { sessionEnded: 4401, accountDeleted: 4410, tooSlow: 4508, tooMany: 4409, flooding: 4429 },
      serve: createTrpcSockets({ services, logger, stats }),
    },
    {
      kind: "activity",
      path: /^\/users\/ws\/([^/]+)\/?$/,
      codes: compatCodes,
      serve: (connection, _request, token) => serveActivity(connection, token),
    },
    {
      kind: "chat",
      path: /^\/messages\/ws\/?$/,
      codes: compatCodes,
      serve: (connection, request) =>
        serveChat(
          connection,
          new URL(request.url ?? "/", "http://localhost").searchParams.get("token") ?? "",
        ),
    },
  ];
}
