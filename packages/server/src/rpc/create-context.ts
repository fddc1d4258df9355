import type { IncomingMessage } from "node:http";
import type { Principal } from "../features/sessions/index.ts";
import type { Connection } from "../realtime/connection.ts";
import type { Context, Services } from "./context.ts";
import { showQuota, type Response } from "./quota-headers.ts";

const bearer = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

/** The access token of a request, from its `Authorization` header. @see https://www.rfc-editor.org/rfc/rfc6750 */
export function bearerToken(request: IncomingMessage): string | undefined {
  return bearer.exec(request.headers.authorization ?? "")?.[1];
}

const deviceLength = 200;

function deviceOf(request: IncomingMessage): string | null {
  return request.headers["user-agent"]?.slice(0, deviceLength) ?? null;
}

/** The context of one HTTP call. */
export async function createHttpContext(
  services: Services,
  transport: "http" | "rest",
  request: IncomingMessage,
  response: Response,
): Promise<Context> {
  const token = bearerToken(request);
  const principal = token === undefined ? undefined : await services.sessions.authenticate(token);
  const key = request.headers["idempotency-key"];
  return {
    services,
    transport,
    principal: principal ?? null,
    address: services.addressOf(request),
    device: deviceOf(request),
    idempotencyKey: transport === "rest" && typeof key === "string" ? key : null,
    connection: null,
    reply: {},
    showQuota: (quota) => showQuota(response, quota),
  };
}

/** The context of all calls on one socket. */
export function createSocketContext(
  services: Services,
  request: IncomingMessage,
  connection: Connection,
  principal: Principal | null,
): Context {
  return {
    services,
    transport: "ws",
    principal,
    address: services.addressOf(request),
    device: deviceOf(request),
    idempotencyKey: null,
    connection,
    reply: {},
    showQuota: () => undefined,
  };
}
