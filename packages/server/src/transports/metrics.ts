import express, { type Router } from "express";
import type { IncomingMessage } from "node:http";
import { equalTexts } from "../features/sessions/index.ts";
import type { IsLocalCaller } from "../lib/caller-address.ts";
import { DomainError } from "../lib/domain-error.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { bearerToken } from "../rpc/create-context.ts";

export interface MetricsRouteDeps {
  readonly metrics: Metrics;
  /** What everybody has to bring; without it, callers of the own network need nothing. */
  readonly token: string | undefined;
  readonly isLocal: IsLocalCaller;
}

/** `/metrics`, for the operator's own programs: never for the public. */
export function createMetricsRoute({ metrics, token, isLocal }: MetricsRouteDeps): Router {
  const router = express.Router();
  router.get("/metrics", async (request, response) => {
    if (token === undefined) checkCaller(request, isLocal);
    else checkToken(request, token);
    response.set("Content-Type", metrics.contentType).send(await metrics.text());
  });
  return router;
}

function checkCaller(request: IncomingMessage, isLocal: IsLocalCaller): void {
  if (isLocal(request)) return;
  throw new DomainError("FORBIDDEN", {
    message: "Metrics are for callers of this server's own network, or with METRICS_TOKEN.",
  });
}

function checkToken(request: IncomingMessage, token: string): void {
  if (equalTexts(bearerToken(request) ?? "", token)) return;
  throw new DomainError("UNAUTHORIZED", { message: "Metrics need the METRICS_TOKEN as a bearer token." });
}
