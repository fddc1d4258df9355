import type { IncomingMessage } from "node:http";
import type { Principal } from "../features/sessions/index.ts";
import type { Connection } from "../realtime/connection.ts";
import type { Context, ReplyCookies, Services } from "./context.ts";
import { cookieCallerOf, type CookieCaller } from "./cookie-caller.ts";
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

/** An `Authorization` header says who calls, for better or worse; a cookie counts only without one. */
async function callerOf({ sessions }: Services, request: IncomingMessage): Promise<CookieCaller> {
  if (request.headers.authorization === undefined) return await cookieCallerOf(sessions, request);
  const token = bearerToken(request);
  const principal = token === undefined ? undefined : await sessions.authenticate(token);
  return { principal: principal ?? null, refusal: null };
}

/** An HTTP request, and what its answer can carry besides the results of its calls. */
export interface HttpExchange {
  readonly transport: "http" | "rest";
  readonly request: IncomingMessage;
  readonly response: Response;
  readonly cookies: ReplyCookies;
}

/** The context of one HTTP call. */
export async function createHttpContext(
  services: Services,
  { transport, request, response, cookies }: HttpExchange,
): Promise<Context> {
  const { principal, refusal } = await callerOf(services, request);
  const key = request.headers["idempotency-key"];
  return {
    services,
    transport,
    principal,
    cookieRefusal: refusal,
    cookies,
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
    cookieRefusal: null,
    cookies: null,
    address: services.addressOf(request),
    device: deviceOf(request),
    idempotencyKey: null,
    connection,
    reply: {},
    showQuota: () => undefined,
  };
}
