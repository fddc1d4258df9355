import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMemoryBus } from "./bus/memory-bus.ts";
import type { Config } from "./config.ts";
import { makeDataDir } from "./db/data-dir.ts";
import { openLockedSqlite } from "./db/locked-sqlite.ts";
import type { OpenDatabase } from "./db/open-database.ts";
import { openPostgres } from "./db/postgres.ts";
import { createAuthService, deleteAccount } from "./features/auth/index.ts";
import {
  createConversationsService,
  createMembersService,
  findLobby,
  sharesByConversation,
} from "./features/conversations/index.ts";
import { loadEvents } from "./features/events/index.ts";
import { createInboxService } from "./features/inbox/index.ts";
import { countSends, createMessagesService } from "./features/messages/index.ts";
import { createPresenceService } from "./features/presence/index.ts";
import { createAccessTokens, createLiveSessions, createSessionsService } from "./features/sessions/index.ts";
import { createTypingService } from "./features/typing/index.ts";
import { createUsersService } from "./features/users/index.ts";
import { createAddressOf } from "./lib/caller-address.ts";
import { systemClock, type Clock } from "./lib/clock.ts";
import { createInFlight } from "./lib/in-flight.ts";
import { createLogger, type Logger } from "./lib/logger.ts";
import { createPasswordBackoff } from "./lib/password-backoff.ts";
import { createPasswordHasher, type PasswordHasher } from "./lib/password-hasher.ts";
import { systemRandom, type Random } from "./lib/random.ts";
import { secretOf } from "./lib/secret.ts";
import { createTally } from "./lib/tally.ts";
import { StartupError } from "./lib/startup-error.ts";
import { createPruner } from "./log/pruner.ts";
import { openWriter } from "./open-writer.ts";
import { createMetrics } from "./metrics/metrics.ts";
import type { Connection } from "./realtime/connection.ts";
import { createConnectionLimits } from "./realtime/connection-limits.ts";
import { createDeliveryStats } from "./realtime/delivery-stats.ts";
import { createEventPages } from "./realtime/event-pages.ts";
import { createEventStreams } from "./realtime/event-stream.ts";
import { createHub } from "./realtime/hub.ts";
import { createReplayPages } from "./realtime/replay-page.ts";
import type { Services } from "./rpc/context.ts";
import { createRateLimits } from "./rpc/rate-limits.ts";
import { createAdmission } from "./transports/admission.ts";
import { createHttpApp } from "./transports/http-app.ts";
import { socketRoutes } from "./transports/socket-routes.ts";
import { acceptUpgrades } from "./transports/upgrade.ts";
import { ownWebPlace, type WebPlace } from "./transports/web/web-place.ts";

/** What tests may replace. */
export interface ServerOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
}

/** What the test kit replaces besides. */
export interface ServerDeps extends ServerOptions {
  readonly passwords?: PasswordHasher;
  readonly web?: WebPlace;
}

/** A server that listens. */
export interface RunningServer {
  /** The root, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Where the data is, for people: a file, or a database and its host. */
  readonly data: string;
  /**
   * Stops gracefully: refuses new work, lets calls under way finish, closes sockets with
   * 1012 and the database tidily. Resolves within 10 seconds; a second call waits for the first.
   */
  stop(): Promise<void>;
}

/** The same with its inside, for the test kit. */
export interface OpenServer extends RunningServer {
  readonly http: HttpServer;
  readonly services: Services;
  readonly connections: ReadonlySet<Connection>;
}

/** How long calls under way may take to finish when the server stops. */
const drainMs = 5_000;
/** Slower requests than these are attacks or accidents. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 15_000;
const timeoutCheckMs = 1_000;

/** Opens the data folder, wires everything together and listens. Throws a StartupError it can explain. */
export async function startServer(config: Config, deps: ServerDeps = {}): Promise<OpenServer> {
  const { clock = systemClock, random = systemRandom, logger = createLogger(config.LOG_LEVEL) } = deps;

  makeDataDir(config.DATA_DIR);
  const database = await openDatabase(config, logger);
  const secret = config.JWT_SECRET ?? secretOf(config.DATA_DIR);
  const db = database.readDb;

  /** Without a way to write this is no server: say why, and let whoever watches start another. */
  function onFailure(error: Error): void {
    logger.fatal({ err: error }, "nothing can be written any more");
    setImmediate(() => {
      throw error;
    });
  }

  const bus = createMemoryBus();
  const stats = createDeliveryStats();
  const sends = { stored: 0, duplicate: 0, failed: 0 };
  const metrics = createMetrics({
    connections: () => ({ ...upgrades.countByKind(), sse: services.connectionLimits.ofUser.held("stream:") }),
    subscriptions: () => services.connectionLimits.subscriptions.held(),
    outboxBytes: () => upgrades.outboxBytes(),
    passwordHashes: () => passwords.load(),
    sends: () => sends,
    delivery: () => stats,
    socketsClosed: () => upgrades.closed(),
    calls: () => services.calls.entries(),
  });
  const writer = openWriter(database, {
    onCommit(commit) {
      bus.ring(commit);
      metrics.onCommit(commit);
    },
    onFailure,
  });
  const { snapshot } = database;
  const hub = createHub({ snapshot, bus, logger, loadEvents, loadMembers: sharesByConversation });

  const pruner = createPruner({ writer, clock, logger, retentionMs: config.EVENT_RETENTION });
  const lobby = await findLobby(db);
  const passwords = deps.passwords ?? (await createPasswordHasher());
  const backoff = createPasswordBackoff({ enabled: config.RATE_LIMIT, clock });
  const inFlight = createInFlight();
  const sessions = createSessionsService({
    db,
    writer,
    bus,
    logger,
    accessTokens: createAccessTokens(secret),
    secret,
    sessionTtlMs: config.REFRESH_TOKEN_TTL,
    clock,
    random,
  });
  const presence = createPresenceService({ bus, clock });
  const typing = createTypingService({ db, bus, clock, logger });
  const readPage = createReplayPages({ snapshot, loadEvents });
  const services: Services = {
    auth: createAuthService({
      db,
      writer,
      passwords,
      sessions,
      backoff,
      clock,
      accessTtlMs: config.ACCESS_TOKEN_TTL,
      seedTtlMs: config.SEED_TOKEN_TTL,
    }),
    sessions,
    liveSessions: createLiveSessions({ bus, clock }),
    users: createUsersService({
      ...{ db, writer, passwords, backoff, sessions, clock },
      deleteAccount,
      broadcast: config.BROADCAST,
    }),
    conversations: createConversationsService({ writer, clock }),
    members: createMembersService({ snapshot, writer, clock }),
    inbox: createInboxService({ snapshot, presence }),
    messages: countSends(
      createMessagesService({ db, snapshot, writer, clock, lobby, onSent: typing.end }),
      sends,
    ),
    presence,
    typing,
    events: createEventStreams({ hub, snapshot, clock, readPage, stats }),
    eventPages: createEventPages({ snapshot, readPage }),
    rateLimits: createRateLimits(config.RATE_LIMIT),
    connectionLimits: createConnectionLimits({
      enabled: config.RATE_LIMIT,
      sockets: config.MAX_CONNECTIONS,
      socketsPerAddress: config.MAX_CONNECTIONS_PER_ADDRESS,
    }),
    addressOf: createAddressOf(config.TRUST_PROXY ?? []),
    clock,
    random,
    inFlight,
    calls: createTally(),
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
    createHttpApp({ config, services, logger, isReady, metrics, web: deps.web ?? ownWebPlace() }),
  );
  const upgrades = acceptUpgrades(http, {
    config,
    logger,
    clock,
    random,
    isReady,
    admit: createAdmission(services),
    addressOf: services.addressOf,
    refusals: services.connectionLimits.refusals,
    stats,
    routes: socketRoutes({ services, hub, lobbyId: lobby.id, logger, stats }),
  });
  const { connections } = upgrades;
  await hub.start();
  pruner.start();

  async function release(): Promise<void> {
    hub.stop();
    await pruner.stop();
    await writer.close();
    await database.close();
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

  return {
    url: urlOf(http.address() as AddressInfo),
    data: database.location,
    stop: () => (stopping ??= stop()),
    ...{ http, services, connections },
  };
}

/** Opens the database for this process alone, with its schema up to date. */
async function openDatabase(config: Config, logger: Logger): Promise<OpenDatabase> {
  const database = config.DATABASE_URL
    ? await openPostgres(config.DATABASE_URL, logger)
    : await openLockedSqlite(config.DATA_DIR);
  try {
    await database.migrate();
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
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
