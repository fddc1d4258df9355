import {
  done,
  loginInput,
  refreshedTokens,
  refreshInput,
  registerInput,
  self,
  tokenInput,
  tokens,
} from "@causerie/shared";
import type { TRPCRouterRecord } from "@trpc/server";
import { DomainError } from "../../lib/domain-error.ts";
import { authedProcedure, credentialProcedure, limitedByAddress } from "../../rpc/procedure.ts";
import { exampleMe, exampleTokens } from "../../rpc/examples.ts";

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
          "With `refresh_token`: takes it once and answers the next one; an older one coming back ends the session. Without: renews the bearer token of the call, which is refused from then on.",
        tags,
      },
      optionalAuth: true,
      errors: ["UNAUTHORIZED", "RATE_LIMITED"],
      example: exampleTokens,
    })
    .input(refreshInput)
    .output(refreshedTokens)
    .mutation(async ({ ctx, input }) => {
      if (input.refresh_token) return await ctx.services.sessions.refresh(input.refresh_token);
      if (!ctx.principal) throw new DomainError("UNAUTHORIZED");
      return await ctx.services.sessions.renew(ctx.principal);
    }),

  logout: authedProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/auth/logout",
        summary: "Sign out",
        description: "Ends the session: its tokens are refused and its sockets closed from now on.",
        tags,
      },
      example: { message: "Signed out." },
    })
    .output(done)
    .mutation(async ({ ctx }) => {
      await ctx.services.sessions.end(ctx.principal.sessionId);
      return { message: "Signed out." };
    }),

  me: authedProcedure
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
