import {
  changePasswordInput,
  cookieSession,
  done,
  loginInput,
  refreshedTokens,
  refreshInput,
  registerInput,
  renewed,
  renewInput,
  self,
  tokenInput,
  tokens,
} from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { DomainError } from "../../lib/domain-error.ts";
import {
  authedProcedure,
  cookieProcedure,
  credentialProcedure,
  limitedByAddress,
  limitedByUser,
  socketProcedure,
  takesNothing,
} from "../../rpc/procedure.ts";
import { exampleMe, exampleTokens } from "../../rpc/examples.ts";
import { sessionsProcedures } from "./sessions.procedures.ts";

const tags = ["auth"];

export const authProcedures = {
  register: credentialProcedure
    .use(limitedByAddress("register"))
    .meta({
      openapi: {
        method: "POST",
        path: "/auth/register",
        summary: "Create an account",
        description: "The e-mail address is the name to sign in with; each has one account.",
        tags,
        protect: false,
      },
      status: 201,
      errors: ["EMAIL_TAKEN", "RATE_LIMITED", "OVERLOADED"],
      example: exampleMe,
    })
    .input(registerInput)
    .output(self)
    .mutation(({ ctx, input }) => ctx.services.auth.register(input)),

  login: credentialProcedure
    .use(limitedByAddress("signIn"))
    .meta({
      openapi: {
        method: "POST",
        path: "/auth/login",
        summary: "Sign in",
        description: "Opens a session: a short-lived access token, and a refresh token that renews it once.",
        tags,
        protect: false,
      },
      errors: ["INVALID_CREDENTIALS", "RATE_LIMITED", "OVERLOADED"],
      example: { ...exampleTokens, expires_in: 900 },
    })
    .input(loginInput)
    .output(tokens)
    .mutation(({ ctx, input }) => ctx.services.auth.signIn(input, { seed: false, device: ctx.device })),

  token: credentialProcedure
    .use(limitedByAddress("signIn"))
    .meta({
      openapi: {
        method: "POST",
        path: "/auth/token",
        summary: "Sign in with the OAuth2 password form",
        description:
          "For OAuth2 tools and clients that never refresh: the access token lives long (SEED_TOKEN_TTL, a day unless configured).",
        tags,
        protect: false,
        contentTypes: ["application/x-www-form-urlencoded"],
      },
      errors: ["INVALID_CREDENTIALS", "RATE_LIMITED", "OVERLOADED"],
      example: exampleTokens,
    })
    .input(tokenInput)
    .output(tokens)
    .mutation(({ ctx, input }) =>
      ctx.services.auth.signIn(
        { email: input.username, password: input.password },
        { seed: true, device: ctx.device },
      ),
    ),

  refresh: credentialProcedure
    .use(limitedByAddress("refresh"))
    .meta({
      openapi: {
        method: "POST",
        path: "/auth/refresh",
        summary: "Renew the access token",
        description:
          "With `refresh_token`: takes it once and answers the next one; an older one coming back ends the session, unless it is the repetition of an attempt whose answer may have been lost (`attempt_id`). Without: renews the bearer token of the call, which is refused from then on.",
        tags,
      },
      optionalAuth: true,
      errors: ["UNAUTHORIZED", "RATE_LIMITED"],
      example: exampleTokens,
    })
    .input(refreshInput)
    .output(refreshedTokens)
    .mutation(async ({ ctx, input }) => {
      const { refresh_token: token, attempt_id: attempt = null } = input;
      if (token) return await ctx.services.sessions.refresh(token, attempt);
      if (!ctx.principal) throw new DomainError("UNAUTHORIZED");
      return await ctx.services.sessions.renew(ctx.principal);
    }),

  /**
   * Gives the socket that it is called on a fresh access token of the same session, got over HTTP
   * from `auth.refresh`: the socket and all that runs on it live as long as that token. It has no
   * REST route, because it is about a socket; over HTTP every call brings its own token.
   */
  renew: socketProcedure
    .use(limitedByUser("refresh"))
    .input(renewInput)
    .output(renewed)
    .mutation(async ({ ctx, input }) => {
      const leftMs = await ctx.services.sessions.extend(ctx.principal, input.token);
      return { expires_in: Math.floor(leftMs / 1000) };
    }),

  cookie: {
    login: cookieProcedure
      .use(limitedByAddress("signIn"))
      .meta({
        openapi: {
          method: "POST",
          path: "/auth/cookie/login",
          summary: "Sign in with a cookie",
          description:
            "For browser pages of this server's own origin: the session is in a cookie that no script can read. Calls that change something repeat `csrf_token` as `X-CSRF-Token` and send JSON. An `Authorization` header counts before the cookie.",
          tags,
          protect: false,
        },
        jsonOnly: true,
        errors: ["INVALID_CREDENTIALS", "FORBIDDEN", "RATE_LIMITED", "OVERLOADED"],
        example: { csrf_token: "bm90QVJlYWxUb2tlbkVpdGhlckp1c3RBbkV4YW1wbGUx", expires_in: 2_592_000 },
      })
      .input(loginInput)
      .output(cookieSession)
      .mutation(async ({ ctx, input }) => {
        const opened = await ctx.services.auth.signInWithCookie(input, ctx.device);
        ctx.cookies.set(opened);
        return { csrf_token: opened.csrfToken, expires_in: Math.floor(opened.lifetimeMs / 1000) };
      }),
  },

  changePassword: authedProcedure
    .use(limitedByUser("updateMe"))
    .meta({
      openapi: {
        method: "POST",
        path: "/auth/password",
        summary: "Change the password",
        description: "Ends the other sessions of the user; this one goes on.",
        tags,
      },
      errors: ["RATE_LIMITED", "OVERLOADED"],
      example: { message: "The password was changed." },
    })
    .input(changePasswordInput)
    .output(done)
    .mutation(async ({ ctx, input: { current_password, new_password } }) => {
      await ctx.services.users.update(ctx.principal, { current_password, password: new_password });
      return { message: "The password was changed." };
    }),

  sessions: sessionsProcedures,

  logout: authedProcedure
    .use(takesNothing)
    .meta({
      openapi: {
        method: "POST",
        path: "/auth/logout",
        summary: "Sign out",
        description:
          "Ends the session: its tokens or cookie are refused and its sockets closed from now on. A browser's cookies are cleared.",
        tags,
      },
      example: { message: "Signed out." },
    })
    .output(done)
    .mutation(async ({ ctx }) => {
      await ctx.services.sessions.end(ctx.principal);
      if (ctx.principal.tokenId === null) ctx.cookies?.clear();
      return { message: "Signed out." };
    }),

  me: authedProcedure
    .use(takesNothing)
    .meta({
      openapi: {
        method: "GET",
        path: "/auth/me",
        summary: "The signed-in user",
        description: "The account behind the access token, e-mail address included.",
        tags,
      },
      example: exampleMe,
    })
    .output(self)
    .query(({ ctx }) => ctx.services.users.me(ctx.principal.userId)),
} satisfies TRPCRouterRecord;
