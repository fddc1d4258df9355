import { limits, type RateLimit } from "@causerie/shared";
import { initTRPC, type TRPCError, type TRPCProcedureType } from "@trpc/server";
import { DomainError, unknownField } from "../lib/domain-error.ts";
import type { Principal } from "../features/sessions/index.ts";
import type { Context } from "./context.ts";
import { describeError } from "./describe-error.ts";
import { formatError } from "./error-formatter.ts";
import type { RestMeta } from "./rest-meta.ts";

export const trpc = initTRPC
  .context<Context>()
  .meta<RestMeta>()
  .create({
    errorFormatter: formatError,
    isDev: false,
    sse: {
      ping: { enabled: true, intervalMs: limits.heartbeatMs },
      client: { reconnectAfterInactivityMs: limits.heartbeatMs + limits.pongWaitMs },
    },
  });

interface CallOf {
  readonly ctx: Context;
  readonly path: string;
  readonly type: TRPCProcedureType;
}

type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: TRPCError };

/** Counts a call by how it ends. A graceful stop waits for every call but subscriptions. */
function attend<Result extends Outcome>({ ctx, path, type }: CallOf, call: Promise<Result>): Promise<Result> {
  const { calls, inFlight } = ctx.services;
  const counted = call.then((result) => {
    calls.count(path, result.ok ? "ok" : describeError(result.error).code);
    return result;
  });
  return type === "subscription" ? counted : inFlight.track(counted);
}

/** A procedure that anybody may call. */
export const publicProcedure = trpc.procedure.use((call) => attend(call, call.next()));

/** The context of a procedure for signed-in users. */
interface Authed {
  readonly principal: Principal;
}

function requirePrincipal({ principal, cookieRefusal, connection, services }: Context): void {
  // A socket outlives the check made when it opened, and takes frames while it closes.
  const over = connection?.isOpen() === false || (principal && principal.expiresAt <= services.clock.now());
  if (!principal || over) throw cookieRefusal ?? new DomainError("UNAUTHORIZED");
}

/**
 * A procedure for signed-in users: the context has a principal. It does in one middleware what
 * a public procedure and the check would do in two, and passes the context on as it is: each
 * middleware, and each change of the context, copies everything that a call carries.
 */
export const authedProcedure = trpc.procedure.use((call) => {
  const { ctx, path, next } = call;
  try {
    requirePrincipal(ctx);
  } catch (error) {
    ctx.services.calls.count(path, describeError(error).code);
    throw error;
  }
  return attend(call, next<Authed>({}));
});

/** A procedure that makes or renews tokens. A socket has its token already. */
export const credentialProcedure = publicProcedure.use(({ ctx, next }) => {
  if (ctx.transport === "ws") {
    throw new DomainError("BAD_REQUEST", { message: "Call this over HTTP, not over a socket." });
  }
  return next();
});

/** A procedure that sets a session's cookies, for pages of our own origin. */
export const cookieProcedure = credentialProcedure.use(({ ctx, next }) => {
  const { cookies } = ctx;
  if (!cookies) throw new DomainError("BAD_REQUEST", { message: "Call this over HTTP." });
  if (cookies.refusal) throw cookies.refusal;
  return next({ ctx: { cookies } });
});

/** A procedure about the socket that it is called on. */
export const socketProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.connection) {
    throw new DomainError("BAD_REQUEST", {
      message: "Call this over a socket: over HTTP each call brings its own token.",
    });
  }
  requirePrincipal(ctx);
  return next<Authed>({});
});

/** Counts calls by the caller's address. */
export function limitedByAddress(limit: RateLimit) {
  return trpc.middleware(async ({ ctx, next }) => {
    await ctx.services.rateLimits.take(limit, ctx.address, ctx.showQuota);
    return next();
  });
}

/** Counts calls by the signed-in user. */
export function limitedByUser(limit: RateLimit) {
  return trpc.middleware(async ({ ctx, next }) => {
    const key = ctx.principal ? `user:${ctx.principal.userId}` : ctx.address;
    await ctx.services.rateLimits.take(limit, key, ctx.showQuota);
    return next();
  });
}

/** Refuses fields where a procedure takes no input: tRPC would not look at them. */
export const takesNothing = trpc.middleware(async ({ getRawInput, next }) => {
  const [field] = Object.keys((await getRawInput()) ?? {});
  if (field !== undefined) throw unknownField("body", field);
  return next();
});
