import type { IncomingMessage } from "node:http";
import express, { type Request, type RequestHandler, type Response, type Router } from "express";
import { createOpenApiNodeHttpHandler } from "trpc-openapi";
import { DomainError, unknownField } from "../../lib/domain-error.ts";
import type { Logger } from "../../lib/logger.ts";
import { appRouter, type ServerRouter } from "../../rpc/app-router.ts";
import type { Context, Services } from "../../rpc/context.ts";
import { createHttpContext } from "../../rpc/create-context.ts";
import { describeError, type ErrorDescription } from "../../rpc/describe-error.ts";
import { replyCookies } from "../reply-cookies.ts";
import { nextPageLink } from "./link-header.ts";
import { errorHeaders, problemOf } from "./problem.ts";
import { readBody } from "./read-body.ts";
import { restRoutes, type RestRoute } from "./rest-routes.ts";

export interface RestDeps {
  readonly services: Services;
  readonly logger: Logger;
}

/**
 * The REST surface: the generated handler, and around it what that lacks: bodies other than
 * JSON, HEAD, OPTIONS and 405, statuses, `Link`, and problem bodies.
 */
export function createRest({ services, logger }: RestDeps): Router {
  const routes = restRoutes(appRouter);
  const metaOf = new Map(routes.map((route) => [route.procedure, route.meta]));

  const failures = new WeakMap<IncomingMessage, ErrorDescription>();

  const handler = createOpenApiNodeHttpHandler<ServerRouter, Request, Response>({
    router: appRouter,
    createContext: ({ req, res }) =>
      createHttpContext(services, {
        transport: "rest",
        request: req,
        response: res,
        cookies: replyCookies(req, res),
      }),
    onError({ error, req }) {
      const description = describeError(error);
      if (description.status >= 500) logger.error({ err: error.cause ?? error }, "a call failed");
      failures.set(req, description);
    },
    responseMeta({ ctx, paths, errors: [error], info }) {
      if (error) {
        const description = describeError(error);
        return {
          status: description.status,
          headers: { ...errorHeaders(description), "Content-Type": "application/problem+json" },
        };
      }
      const { reply } = ctx as Context;
      const meta = metaOf.get(paths?.[0] ?? "");
      const link = reply.next && info?.url && nextPageLink(info.url, reply.next);
      return { status: reply.status ?? meta?.status ?? 200, headers: link ? { Link: link } : {} };
    },
  });

  const generated: RequestHandler = async (request, response, next) => {
    const end = response.end.bind(response);
    // The generated handler has an error body of its own; ours replaces it as it is sent.
    response.end = ((body?: unknown) => {
      const failure = failures.get(request);
      return end(failure ? JSON.stringify(problemOf(failure, response)) : body);
    }) as Response["end"];
    await handler(request, response, () => {
      response.end = end;
      next();
    });
  };

  const router = express.Router();
  router.use(checkMethod(routes));
  router.use((request, response, next) =>
    request.method === "POST" || request.method === "PUT" ? readBody(request, response, next) : next(),
  );
  router.use(refusePathParametersInBody(routes));
  router.use(refuseFieldsNotTaken(routes));
  router.use(refuseEmptyQueryValues);
  router.use(generated);
  return router;
}

/** Answers OPTIONS and wrong methods on our paths, and treats HEAD as GET; Node drops the body. */
function checkMethod(routes: readonly RestRoute[]): RequestHandler {
  return (request, response, next) => {
    const matching = routes.filter((route) => route.pattern.test(request.path));
    // `/users/broadcast` is a path of its own, and not the user of that name.
    const literal = matching.filter((route) => route.pathParameters.length === 0);
    const methods = (literal.length > 0 ? literal : matching).map((route) => route.method);
    if (methods.length === 0)
      throw new DomainError("NOT_FOUND", { message: `There is nothing at ${request.path}.` });
    const allowed = new Set([...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"]);
    if (!allowed.has(request.method) || request.method === "OPTIONS")
      response.set("Allow", [...allowed].join(", "));
    if (!allowed.has(request.method)) throw new DomainError("METHOD_NOT_ALLOWED");
    if (request.method === "OPTIONS") {
      response.status(204).end();
      return;
    }
    if (request.method === "HEAD") request.method = "GET";
    next();
  };
}

/** Refuses what the generated handler would drop unseen: fields where the operation takes none. */
function refuseFieldsNotTaken(routes: readonly RestRoute[]): RequestHandler {
  return (request, _response, next) => {
    const route = routes.find(
      ({ method, pattern }) => method === request.method && pattern.test(request.path),
    );
    const queryCounts = request.method === "GET" && route?.hasInput;
    const [inQuery] = queryCounts ? [] : new URL(request.url, "http://localhost").searchParams.keys();
    const [inBody] = route?.hasInput ? [] : Object.keys((request.body ?? {}) as object);
    const name = inQuery ?? inBody;
    if (name !== undefined) throw unknownField(inQuery === undefined ? "body" : "query", name);
    next();
  };
}

/** The generated handler would drop them unseen, known or not. */
const refuseEmptyQueryValues: RequestHandler = (request, _response, next) => {
  for (const [name, value] of new URL(request.url, "http://localhost").searchParams) {
    if (value !== "") continue;
    const msg = "must not be empty";
    throw new DomainError("VALIDATION_FAILED", {
      message: `${name} ${msg}.`,
      issues: [{ loc: ["query", name], msg, type: "value_error" }],
    });
  }
  next();
};

/** The path says which message; a body that says it too is a mistake. */
function refusePathParametersInBody(routes: readonly RestRoute[]): RequestHandler {
  return (request, _response, next) => {
    const body = (request.body ?? {}) as object;
    const route = routes.find(
      ({ method, pattern }) => method === request.method && pattern.test(request.path),
    );
    const repeated = route?.pathParameters.find((name) => Object.hasOwn(body, name));
    if (repeated !== undefined) {
      const msg = "belongs in the path only";
      throw new DomainError("VALIDATION_FAILED", {
        message: `${repeated} ${msg}.`,
        issues: [{ loc: ["body", repeated], msg, type: "extra_forbidden" }],
      });
    }
    next();
  };
}
