import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { errors, limits } from "@causerie/shared";
import { WebSocketServer } from "ws";
import type { Config } from "../config.ts";
import type { AddressOf } from "../lib/caller-address.ts";
import type { Clock } from "../lib/clock.ts";
import { DomainError } from "../lib/domain-error.ts";
import { redactUrl, type Logger } from "../lib/logger.ts";
import type { Random } from "../lib/random.ts";
import { createTally } from "../lib/tally.ts";
import { createConnection, type Connection, type ConnectionCodes } from "../realtime/connection.ts";
import type { DeliveryStats } from "../realtime/delivery-stats.ts";
import { createSweep } from "../realtime/sweep.ts";
import { createTurn } from "../realtime/turn.ts";
import { describeError, type ErrorDescription } from "../rpc/describe-error.ts";
import type { Admit } from "./admission.ts";
import { hasGoodHost } from "./host.ts";
import { isOriginAllowed } from "./origin.ts";
import { errorHeaders } from "./rest/problem.ts";

/** Serves the sockets of one kind of path. */
export interface SocketRoute {
  /** What sockets of a user are counted by. */
  readonly kind: string;
  /** Matches the path; what its first group captured is handed on. */
  readonly path: RegExp;
  readonly codes: ConnectionCodes;
  serve(connection: Connection, request: IncomingMessage, captured: string): void;
}

export interface UpgradeDeps {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly admit: Admit;
  readonly addressOf: AddressOf;
  /** After how many refused calls within a minute a socket is closed. */
  readonly refusals: number;
  /** Whether new sockets are taken: false while the server stops. */
  readonly isReady: () => boolean;
  readonly stats: DeliveryStats;
  readonly routes: readonly SocketRoute[];
}

export interface Upgrades {
  /** The sockets open now. */
  readonly connections: ReadonlySet<Connection>;
  /** How many of them there are of each kind. */
  countByKind(): Record<string, number>;
  /** What all of them together hold unsent. */
  outboxBytes(): number;
  /** How many of each kind the server closed with each code: `[[kind, code], count]`. */
  closed(): [words: string[], count: number][];
}

/** How often sockets are looked at for signs of life. */
const lifeCheckMs = 1_000;

/**
 * The one place where sockets come in. Path, Host and Origin are checked, and the limits, before
 * the handshake is answered, so nothing behind it meets a request it cannot parse.
 */
export function acceptUpgrades(server: Server, deps: UpgradeDeps): Upgrades {
  const { config, logger, clock, random, isReady, admit, addressOf, refusals, stats, routes } = deps;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    // The connection answers pings itself, within the bound of what it may hold unsent.
    autoPong: false,
  });
  const turn = createTurn();
  const sweep = createSweep(clock, lifeCheckMs);
  const connections = new Set<Connection>();
  const openOf = new Map(routes.map(({ kind }) => [kind, 0]));
  const closed = createTally();

  server.on("upgrade", (request, stream, head) => {
    // Without a listener, a peer that resets the connection now would end the process.
    stream.on("error", () => stream.destroy());
    accept(request, stream, head).catch((error: unknown) => {
      const description = describeError(error);
      if (description.status >= 500 && !(error instanceof DomainError))
        logger.error({ err: error }, "a handshake failed");
      logger.info({ url: redactUrl(request.url ?? ""), code: description.code }, "handshake refused");
      refuse(stream, description);
    });
  });

  async function accept(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const { route, captured } = checkRequest(request);
    const seat = await admit(addressOf(request), route.kind);
    // The end of the connection ends whatever came of it: a socket, or a handshake without a key.
    if (stream.closed) seat.leave();
    else stream.once("close", seat.leave);
    // What came in while the limits were asked must not outlive the stop.
    if (!isReady()) throw new DomainError("OVERLOADED");

    sockets.handleUpgrade(request, stream, head, (socket) => {
      const { codes, kind } = route;
      const onClosing = (code: number) => closed.count(kind, String(code));
      const connection = createConnection(
        { clock, turn, sweep, stats, refusals },
        { id: random.uuid(), socket, stream, codes, seat, onClosing },
      );
      connections.add(connection);
      openOf.set(kind, (openOf.get(kind) ?? 0) + 1);
      socket.on("close", () => {
        connections.delete(connection);
        openOf.set(kind, (openOf.get(kind) ?? 0) - 1);
      });
      route.serve(connection, request, captured);
    });
  }

  /** The route of a handshake that may be answered, before it is counted. */
  function checkRequest(request: IncomingMessage) {
    if (!isReady()) throw new DomainError("OVERLOADED");
    if (!hasGoodHost(request) || !isPath(request.url)) throw new DomainError("BAD_REQUEST");
    const target = routeOf(routes, request);
    if (!target) throw new DomainError("NOT_FOUND");
    if (!isOriginAllowed(config.CORS_ORIGINS, request.headers.origin, request.headers.host))
      throw new DomainError("FORBIDDEN");
    return target;
  }

  return {
    connections,
    countByKind: () => Object.fromEntries(openOf),
    closed: closed.entries,
    outboxBytes() {
      let bytes = 0;
      for (const connection of connections) bytes += connection.unsentBytes();
      return bytes;
    },
  };
}

function isPath(url: string | undefined): url is string {
  return (
    url !== undefined &&
    url.startsWith("/") &&
    !url.startsWith("//") &&
    URL.canParse(`http://localhost${url}`)
  );
}

function routeOf(routes: readonly SocketRoute[], request: IncomingMessage) {
  const path = request.url?.split("?")[0] ?? "";
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match) return { route, captured: match[1] ?? "" };
  }
  return undefined;
}

/** Answers a handshake with an HTTP error, as no socket exists yet. */
function refuse(stream: Duplex, description: ErrorDescription): void {
  const { code, status, message } = description;
  const { title } = errors[code];
  const body = JSON.stringify({ type: "about:blank", title, status, detail: message, code });
  const headers = {
    Connection: "close",
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
    ...errorHeaders(description),
  };
  // Nothing reads the stream any more: a peer that does not hang up must not keep it.
  stream.once("finish", () => stream.destroy());
  stream.end(
    [
      `HTTP/1.1 ${status} ${title}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "",
      body,
    ].join("\r\n"),
  );
}
