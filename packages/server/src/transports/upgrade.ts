import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { errors, limits, type ErrorCode } from "@causerie/shared";
import { WebSocketServer } from "ws";
import type { Config } from "../config.ts";
import type { Clock } from "../lib/clock.ts";
import { redactUrl, type Logger } from "../lib/logger.ts";
import type { Random } from "../lib/random.ts";
import { createConnection, type Connection, type ConnectionCodes } from "../realtime/connection.ts";
import { hasGoodHost } from "./host.ts";
import { isOriginAllowed } from "./origin.ts";

/** Serves the sockets of one kind of path. */
export interface SocketRoute {
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
  /** Whether new sockets are taken: false while the server stops. */
  readonly isReady: () => boolean;
  /** The routes, which may need the socket server they are served by. */
  readonly routes: (server: WebSocketServer) => readonly SocketRoute[];
}

export interface Upgrades {
  /** The sockets open now. */
  readonly connections: ReadonlySet<Connection>;
}

/**
 * The one place where sockets come in. Path, Host and Origin are checked before the
 * handshake is answered, so nothing behind it meets a request it cannot parse.
 */
export function acceptUpgrades(server: Server, deps: UpgradeDeps): Upgrades {
  const { config, logger, clock, random, isReady } = deps;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    // The connection answers pings itself, within the bound of what it may hold unsent.
    autoPong: false,
  });
  const routes = deps.routes(sockets);
  const connections = new Set<Connection>();

  server.on("upgrade", (request, stream, head) => {
    // Without a listener, a peer that resets the connection now would end the process.
    stream.on("error", () => stream.destroy());
    const target = routeOf(routes, request);
    const refusal = refusalOf(request, target !== undefined);
    if (refusal || !target) {
      logger.info({ url: redactUrl(request.url ?? ""), code: refusal ?? "NOT_FOUND" }, "handshake refused");
      refuse(stream, refusal ?? "NOT_FOUND");
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const connection = createConnection({ id: random.uuid(), socket, codes: target.route.codes, clock });
      connections.add(connection);
      socket.on("close", () => connections.delete(connection));
      target.route.serve(connection, request, target.captured);
    });
  });

  function refusalOf(request: IncomingMessage, pathKnown: boolean): ErrorCode | undefined {
    if (!isReady()) return "OVERLOADED";
    if (!hasGoodHost(request) || !isPath(request.url)) return "BAD_REQUEST";
    if (!pathKnown) return "NOT_FOUND";
    if (!isOriginAllowed(config.CORS_ORIGINS, request.headers.origin, request.headers.host))
      return "FORBIDDEN";
    return undefined;
  }

  return { connections };
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
function refuse(stream: Duplex, code: ErrorCode): void {
  const { status, title, sentence } = errors[code];
  const body = JSON.stringify({ type: "about:blank", title, status, detail: sentence, code });
  // Nothing reads the stream any more: a peer that does not hang up must not keep it.
  stream.once("finish", () => stream.destroy());
  stream.end(
    [
      `HTTP/1.1 ${status} ${title}`,
      "Connection: close",
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
}
