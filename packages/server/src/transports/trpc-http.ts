import { limits } from "@causerie/shared";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import type { RequestHandler } from "express";
import type { Logger } from "../lib/logger.ts";
import { appRouter } from "../rpc/app-router.ts";
import type { Services } from "../rpc/context.ts";
import { createHttpContext } from "../rpc/create-context.ts";
import { describeError } from "../rpc/describe-error.ts";
import { replyCookies } from "./reply-cookies.ts";
import { errorHeaders } from "./rest/problem.ts";

/** tRPC over HTTP: calls, batches of them, and subscriptions as server-sent events. */
export function createTrpcHttp({ services, logger }: { services: Services; logger: Logger }): RequestHandler {
  return createExpressMiddleware({
    router: appRouter,
    maxBodySize: limits.bodyBytes,
    maxBatchSize: limits.batchSize,
    createContext: ({ req, res }) =>
      createHttpContext(services, {
        transport: "http",
        request: req,
        response: res,
        cookies: replyCookies(req, res),
      }),
    onError({ error, path }) {
      if (describeError(error).status >= 500)
        logger.error({ err: error.cause ?? error, path }, "a call failed");
    },
    responseMeta({ errors }) {
      const [error] = errors;
      return { headers: error ? new Headers(errorHeaders(describeError(error))) : new Headers() };
    },
  });
}
