import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMemoryBus } from "./bus/memory-bus.ts";
import type { Config } from "./config.ts";
import { lockDataDir } from "./db/data-dir-lock.ts";
import { databasePath, makeDataDir } from "./db/data-dir.ts";
import { migrate } from "./db/migrate.ts";
import { openSqlite } from "./db/sqlite.ts";
import { createAuthService } from "./features/auth/index.ts";
import { createConversationsService, membersByConversation } from "./features/conversations/index.ts";
import { loadEvents } from "./features/events/index.ts";
import { createMessagesService } from "./features/messages/index.ts";
import { createPresenceService } from "./features/presence/index.ts";
import { createAccessTokens, createLiveSessions, createSessionsService } from "./features/sessions/index.ts";
import { createUsersService } from "./features/users/index.ts";
import { systemClock, type Clock } from "./lib/clock.ts";
import { createInFlight } from "./lib/in-flight.ts";
import { createLogger, type Logger } from "./lib/logger.ts";
import { createPasswordHasher } from "./lib/password-hasher.ts";
import { systemRandom, type Random } from "./lib/random.ts";
import { secretOf } from "./lib/secret.ts";
import { StartupError } from "./lib/startup-error.ts";
import { createLogReader, type LogEntry } from "./log/log-reader.ts";
import { createPruner } from "./log/pruner.ts";
import { createWriter } from "./log/writer.ts";
import { createEventStreams } from "./realtime/event-stream.ts";
import { createHub } from "./realtime/hub.ts";
import type { Services } from "./rpc/context.ts";
import { createRateLimits } from "./rpc/rate-limits.ts";
import { createHttpApp } from "./transports/http-app.ts";
import { socketRoutes } from "./transports/socket-routes.ts";
import { acceptUpgrades } from "./transports/upgrade.ts";

/** What tests may replace. */
export interface ServerOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
}

/** A server that listens. */
export interface RunningServer {
  /** The root, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /**
   * Stops gracefully: refuses new work, lets calls under way finish, closes sockets with
   * 1012 and the database tidily. Resolves within 10 seconds; a second call waits for the first.
   */
  stop(): Promise<void>;
}

/** How long calls under way may take to finish when the server stops. */
const drainMs = 5_000;
/** Slower requests than these are attacks or accidents. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 15_000;
const timeoutCheckMs = 1_000;

/** Opens the data folder, wires everything together and listens. Throws a StartupError it can explain. */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<RunningServer> {
  const { clock = systemClock, random = systemRandom, logger = createLogger(config.LOG_LEVEL) } = options;

  makeDataDir(config.DATA_DIR);
  const unlock = lockDataDir(config.DATA_DIR);
  const secret = config.JWT_SECRET ?? secretOf(config.DATA_DIR);
  const database = await openSqlite(databasePath(config.DATA_DIR));
  await migrate(database.writeDb, database.engine);
  const db = database.readDb;

  const bus = createMemoryBus();
  const writer = createWriter({ db: database.writeDb, onCommit: bus.ring });
  const log = createLogReader(db);
  const load = (entries: readonly LogEntry[]) => loadEvents(db, entries);
  const hub = createHub({
    log,
    bus,
    logger,
    loadEvents: load,
    loadMembers: (ids) => membersByConversation(db, ids),
  });

  const pruner = createPruner({ writer, clock, logger, retentionMs: config.EVENT_RETENTION });

  const passwords = await createPasswordHasher();
  const inFlight = createInFlight();
  const sessions = createSessionsService({
    db,
    writer,
    bus,
    accessTokens: createAccessTokens(secret),
    secret,
    sessionTtlMs: config.REFRESH_TOKEN_TTL,
    clock,
    random,
  });
  const services: Services = {
    auth: createAuthService({
      db,
      writer,
      passwords,
      sessions,
      clock,
      accessTtlMs: config.ACCESS_TOKEN_TTL,
      seedTtlMs: config.SEED_TOKEN_TTL,
    }),
    sessions,
    liveSessions: createLiveSessions({ bus, clock }),
    users: createUsersService({
      db,
      writer,
      passwords,
      sessions,
      clock,
      broadcast: config.BROADCAST,
    }),
    conversations: createConversationsService({ db }),
    messages: createMessagesService({ db, writer, clock }),
    presence: createPresenceService({ bus, clock }),
    events: createEventStreams({ hub, log, clock, loadEvents: load }),
    rateLimits: createRateLimits(config.RATE_LIMIT),
    clock,
    random,
    inFlight,
  };

  let ready = true;
  const isReady = () => ready;
  const http = createHttpServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: timeoutCheckMs,
      // Clients that offer HTTP/2 in passing get their answer over HTTP/1.1.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
    },
    createHttpApp({ config, services, logger, isReady }),
  );
  const { connections } = acceptUpgrades(http, {
    config,
    logger,
    clock,
    random,
    isReady,
    routes: (server) => socketRoutes({ services, hub, logger, server }),
  });
  await hub.start();
  pruner.start();

  async function release(): Promise<void> {
    hub.stop();
    await pruner.stop();
    await writer.close();
    await database.close();
    unlock();
  }

  try {
    await new Promise<void>((resolve, reject) => {
      http.once("error", reject);
      http.listen(config.PORT, config.HOST, resolve);
    });
  } catch (error) {
    await release();
    throw listenError(error, config);
  }

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    ready = false;
    const closed = new Promise((resolve) => http.close(resolve));
    for (const { socket } of connections) socket.pause();
    await within(drainMs, inFlight.idle());
    // What was stored was not acknowledged on the seed's chat socket before its event went out.
    await within(1_000, hub.caughtUp());
    for (const connection of [...connections]) {
      connection.socket.resume();
      connection.close(1012);
    }
    http.closeIdleConnections();
    await within(1_000, closed);
    // What is left are streams that never end by themselves, and peers that do not hang up.
    http.closeAllConnections();
    for (const { socket } of connections) socket.terminate();
    await release();
  }

  return { url: urlOf(http.address() as AddressInfo), stop: () => (stopping ??= stop()) };
}

function listenError(error: unknown, { HOST, PORT }: Config): StartupError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") {
    return new StartupError(`Port ${PORT} on ${HOST} is taken: stop what uses it, or set PORT to another.`);
  }
  return new StartupError(
    `Cannot listen on ${HOST} port ${PORT} (${code}): set HOST and PORT to something this machine allows.`,
    {
      cause: error,
    },
  );
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
