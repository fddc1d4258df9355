import { randomUUID } from "node:crypto";
import cors from "cors";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import helmet from "helmet";
import { pinoHttp } from "pino-http";
import type { Config } from "../config.ts";
import { createIsLocalCaller } from "../lib/caller-address.ts";
import { DomainError, invalidField } from "../lib/domain-error.ts";
import { redactUrl, type Logger } from "../lib/logger.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Services } from "../rpc/context.ts";
import { describeError } from "../rpc/describe-error.ts";
import { showQuota } from "../rpc/quota-headers.ts";
import { createDocs } from "./docs/docs.ts";
import { cutFrozenReaders } from "./frozen-readers.ts";
import { hasGoodHost } from "./host.ts";
import { createMetricsRoute } from "./metrics.ts";
import { isOriginAllowed } from "./origin.ts";
import { sendProblem } from "./rest/problem.ts";
import { hasBody } from "./rest/read-body.ts";
import { createRest } from "./rest/rest.ts";
import { createTrpcHttp } from "./trpc-http.ts";
import { createWebApp, isAwaited, webPaths } from "./web/web-app.ts";
import type { WebPlace } from "./web/web-place.ts";

export interface HttpAppDeps {
  readonly config: Config;
  readonly services: Services;
  readonly logger: Logger;
  /** Whether the server takes new work: false while it stops. */
  readonly isReady: () => boolean;
  readonly metrics: Metrics;
  /** Where the web app is, or will be once it is built. */
  readonly web: WebPlace;
}

/** Everything that is answered over plain HTTP. */
export function createHttpApp({ config, services, logger, isReady, metrics, web }: HttpAppDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("trust proxy", config.TRUST_PROXY ?? []);
  app.use(requestId);
  app.use(accessLog(logger));
  app.use(cutFrozenReaders(services));
  app.use(refuseBadUrl);
  app.use(securityHeaders());
  app.use(corsHeaders(config));
  app.use(limitBodies(services));

  app.all(
    ["/healthz", "/readyz", "/metrics", "/openapi.json", "/asyncapi.json", "/docs", "/redoc", ...webPaths],
    readOnly,
  );
  app.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  app.get("/readyz", (_request, response) => {
    response.status(isReady() ? 200 : 503).json({ status: isReady() ? "ready" : "stopping" });
  });
  app.use(
    createMetricsRoute({
      metrics,
      token: config.METRICS_TOKEN,
      isLocal: createIsLocalCaller(config.TRUST_PROXY ?? []),
    }),
  );
  app.use(createDocs());
  app.use(createWebApp(web));
  app.use("/trpc", createTrpcHttp({ services, logger }));
  app.use(createRest({ services, logger }));
  app.use(answerErrors(logger));
  return app;
}

const requestIdPattern = /^[A-Za-z0-9._-]{1,100}$/;

/** Gives each request an id, the caller's own if it is decent. */
const requestId: RequestHandler = (request, response, next) => {
  const given = request.headers["x-request-id"];
  const id = typeof given === "string" && requestIdPattern.test(given) ? given : randomUUID();
  request.id = id;
  response.setHeader("X-Request-Id", id);
  next();
};

const probes = new Set(["/healthz", "/readyz", "/metrics"]);

function accessLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (request) => request.id,
    // Probes come every few seconds and say nothing.
    autoLogging: { ignore: (request) => probes.has(request.url ?? "") },
    customLogLevel(_request, response) {
      // A page that waits asks every second.
      if (isAwaited(response)) return "silent";
      return response.statusCode >= 500 ? "error" : "info";
    },
    wrapSerializers: false,
    serializers: {
      req: (request: express.Request) => ({
        id: request.id,
        method: request.method,
        url: redactUrl(request.originalUrl ?? request.url ?? ""),
      }),
      res: (response: express.Response) => ({ status: response.statusCode }),
    },
  });
}

/** Whoever makes a URL of the Host and the path later may rely on its being one. */
const refuseBadUrl: RequestHandler = (request, _response, next) => {
  // HTTP/1.0 has no Host, and health checks speak it; of HTTP/1.1 Node demands one.
  if (request.headers.host !== undefined && !hasGoodHost(request))
    throw new DomainError("BAD_REQUEST", { message: "The Host header is malformed." });
  const url = request.url.startsWith("/") ? URL.parse(`http://localhost${request.url}`) : null;
  if (!url) throw new DomainError("BAD_REQUEST", { message: "The request target is not a path." });
  // The generated handler would lose it, where any other unknown field is refused.
  if (url.searchParams.has("__proto__")) throw invalidField("__proto__", "is not a known field");
  next();
};

/** A body costs its reading, whatever comes of it. */
function limitBodies({ rateLimits, addressOf }: Services): RequestHandler {
  return async (request, response, next) => {
    if (hasBody(request))
      await rateLimits.take("body", addressOf(request), (quota) => showQuota(response, quota));
    next();
  };
}

/** Pages and probes are only read. Express would answer their other methods as if they did not exist. */
const readOnly: RequestHandler = (request, response, next) => {
  if (request.method === "GET" || request.method === "HEAD") {
    next();
    return;
  }
  response.set("Allow", "GET, HEAD, OPTIONS");
  if (request.method !== "OPTIONS") throw new DomainError("METHOD_NOT_ALLOWED");
  response.status(204).end();
};

function securityHeaders(): RequestHandler[] {
  return [
    helmet({
      frameguard: { action: "deny" },
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
        },
      },
    }),
    (_request, response, next) => {
      response.setHeader("Cache-Control", "no-store");
      next();
    },
  ];
}

function corsHeaders({ CORS_ORIGINS }: Config): RequestHandler {
  return cors((request, done) => {
    const origin = request.headers.origin;
    done(null, {
      origin: CORS_ORIGINS === "*" ? "*" : isOriginAllowed(CORS_ORIGINS, origin, request.headers.host),
      credentials: CORS_ORIGINS !== "*",
      exposedHeaders: [
        "Link",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "WWW-Authenticate",
        "X-Request-Id",
      ],
      maxAge: 600,
      // An OPTIONS that is no preflight asks what the path allows, which REST answers.
      preflightContinue: request.headers["access-control-request-method"] === undefined,
    });
  });
}

/** Body parsers report their failures as errors with a status. */
function asDomainError(error: unknown): unknown {
  const status = (error as { status?: unknown } | null)?.status;
  if (status === 413) return new DomainError("PAYLOAD_TOO_LARGE", { cause: error });
  if (status === 415) return new DomainError("UNSUPPORTED_MEDIA_TYPE", { cause: error });
  if (status === 400) return new DomainError("BAD_REQUEST", { cause: error });
  return error;
}

/** Express knows an error handler by its four parameters. */
function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const description = describeError(asDomainError(error));
    if (description.status >= 500) logger.error({ err: error }, "a request failed");
    if (response.headersSent) response.destroy();
    else sendProblem(response, description);
  };
}
