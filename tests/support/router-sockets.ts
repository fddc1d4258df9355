import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AnyTRPCRouter } from "@trpc/server";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import { WebSocketServer, type WebSocket } from "ws";
import { systemClock, type Clock } from "../../packages/server/src/lib/clock.ts";
import { createConnection, type Connection } from "../../packages/server/src/realtime/connection.ts";
import {
  createDeliveryStats,
  type DeliveryStats,
} from "../../packages/server/src/realtime/delivery-stats.ts";
import { createSweep } from "../../packages/server/src/realtime/sweep.ts";
import { createTurn } from "../../packages/server/src/realtime/turn.ts";
import { createRouterSocket } from "../../packages/server/src/transports/trpc-ws/router-socket.ts";
import type { FailureReport } from "../../packages/server/src/transports/trpc-ws/socket-calls.ts";

/** A router on real sockets: on `/stock` served by tRPC's own adapter, elsewhere by ours. */
export interface RouterSockets extends AsyncDisposable {
  /** `ws://127.0.0.1:<port>` */
  readonly wsUrl: string;
  readonly port: number;
  readonly stats: DeliveryStats;
  /** The connections of ours, in the order they opened. */
  readonly connections: readonly Connection[];
  /** Calls on ours that failed. */
  readonly failures: readonly FailureReport[];
  /** How often ours wrote to the network, all connections together. */
  writes(): number;
}

const codes = { sessionEnded: 4401, accountDeleted: 4410, tooSlow: 4508, tooMany: 4409, flooding: 4429 };
const maxBatchSize = 3;

export async function serveRouter(
  router: AnyTRPCRouter,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<RouterSockets> {
  const stats = createDeliveryStats();
  const connections: Connection[] = [];
  const failures: FailureReport[] = [];
  let writes = 0;
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, autoPong: false });
  const deps = {
    ...{ clock, turn: createTurn(), sweep: createSweep(clock, 1000), stats },
    refusals: Infinity,
  };
  const contextOf = (params: unknown) => ({ params });
  const serveStock = getWSConnectionHandler({
    ...{ router, wss: sockets, maxBatchSize },
    createContext: ({ info }) => contextOf(info.connectionParams),
  });
  const serveOurs = createRouterSocket<object>({
    ...{ router, maxBatchSize, onFailure: (failure) => failures.push(failure) },
    createContext: async (_connection, _request, params) => contextOf(params),
    onDelivered: () => (stats.deliveries += 1),
  });

  const server = createServer();
  server.on("upgrade", (request, stream, head) => {
    sockets.handleUpgrade(request, stream, head, (socket: WebSocket) => {
      if (request.url?.startsWith("/stock")) return serveStock(socket, request);
      const write = stream.write.bind(stream) as (chunk: Buffer) => boolean;
      stream.write = (chunk: Buffer) => {
        writes += 1;
        return write(chunk);
      };
      const seat = { belongTo: () => true };
      const connection = createConnection(deps, { id: "socket", socket, stream, codes, seat });
      connections.push(connection);
      serveOurs(connection, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    wsUrl: `ws://127.0.0.1:${port}`,
    port,
    stats,
    connections,
    failures,
    writes: () => writes,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
