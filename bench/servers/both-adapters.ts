/** One router, on `/stock` by tRPC's adapter and on `/own` by ours. */
import { createServer } from "node:http";
import { message, sendInput } from "@causerie/shared";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import { WebSocketServer } from "ws";
import { systemClock } from "../../packages/server/src/lib/clock.ts";
import { createInFlight } from "../../packages/server/src/lib/in-flight.ts";
import { createTally } from "../../packages/server/src/lib/tally.ts";
import { createConnection } from "../../packages/server/src/realtime/connection.ts";
import { createDeliveryStats } from "../../packages/server/src/realtime/delivery-stats.ts";
import { createSweep } from "../../packages/server/src/realtime/sweep.ts";
import { createTurn } from "../../packages/server/src/realtime/turn.ts";
import type { Context, Services } from "../../packages/server/src/rpc/context.ts";
import { exampleMessage } from "../../packages/server/src/rpc/examples.ts";
import { authedProcedure, limitedByUser, trpc } from "../../packages/server/src/rpc/procedure.ts";
import { createRateLimits } from "../../packages/server/src/rpc/rate-limits.ts";
import { createRouterSocket } from "../../packages/server/src/transports/trpc-ws/router-socket.ts";
import { listen } from "./listening.ts";

const clock = systemClock;
const stored = { ...exampleMessage };

/** The layers of `messages.send` around a resolver that stores nothing. */
const router = trpc.router({
  send: authedProcedure
    .use(limitedByUser("send"))
    .input(sendInput)
    .output(message)
    .mutation(() => stored),
});

const ctx = {
  services: {
    clock,
    inFlight: createInFlight(),
    calls: createTally(),
    rateLimits: createRateLimits(false),
  } as Partial<Services> as Services,
  transport: "ws",
  principal: { userId: 1, sessionId: "bench", tokenId: "bench", expiresAt: Number.MAX_SAFE_INTEGER },
  cookieRefusal: null,
  cookies: null,
  address: "127.0.0.1",
  device: null,
  idempotencyKey: null,
  connection: null,
  reply: {},
  showQuota: () => undefined,
} as Partial<Context> as Context;

const deps = {
  clock,
  turn: createTurn(),
  sweep: createSweep(clock, 1_000),
  stats: createDeliveryStats(),
  refusals: Infinity,
};
const codes = { sessionEnded: 4401, accountDeleted: 4410, tooSlow: 4508, tooMany: 4409, flooding: 4429 };
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });
const serveStock = getWSConnectionHandler({ router, wss: sockets, createContext: () => ctx });
const serveOwn = createRouterSocket<Context>({
  router,
  maxBatchSize: 50,
  createContext: async () => ctx,
  onFailure: ({ error }) => process.stderr.write(`${error instanceof Error ? error.message : "failed"}\n`),
  onDelivered: () => undefined,
});

const server = createServer();
server.on("upgrade", (request, stream, head) => {
  sockets.handleUpgrade(request, stream, head, (socket) => {
    if (request.url === "/stock") return serveStock(socket, request);
    serveOwn(
      createConnection(deps, { id: "", socket, stream, codes, seat: { belongTo: () => true } }),
      request,
    );
  });
});
listen(server);
