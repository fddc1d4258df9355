import { z } from "zod";
import { id, timestamp } from "./ids.ts";
import { limits } from "./limits.ts";
import { named } from "./named.ts";
import { text } from "./text.ts";
import { emailInput, nameInput, passwordInput } from "./user.ts";

const credential = { max: 256 };

export const registerInput = z.strictObject({ name: nameInput, email: emailInput, password: passwordInput });

const emailOfSignIn = text({ max: limits.emailLength, singleLine: true }).meta({
  description: "The e-mail address of the account.",
  example: "jean@example.com",
});
const passwordOfSignIn = text({ max: limits.passwordMaxLength }).meta({
  description: "The password of the account.",
  format: "password",
  example: "motdepasse123",
});

export const loginInput = z.strictObject({ email: emailOfSignIn, password: passwordOfSignIn });

const ignored = z.string().max(4000).nullish().meta({ description: "Accepted and ignored.", example: null });

/** The OAuth2 password form. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2 */
export const tokenInput = z.strictObject({
  username: emailOfSignIn,
  password: passwordOfSignIn,
  grant_type: ignored,
  scope: ignored,
  client_id: ignored,
  client_secret: ignored,
});

/** In the form of a real one; its last part shows that the server gave it out, and this one's does not. */
export const exampleRefreshToken =
  "8b5cf3a1-6c86-4f0e-9d3e-6a2f5d1c7b90.q2J0c0V4YW1wbGVPbmx5Tm90QVJlYWxUb2tlbkF0QWxs.bm90QVJlYWxNYWNFaXRoZXJKdXN0QW5FeGFtcGxlT25l";

export const refreshInput = z.strictObject({
  refresh_token: text(credential).nullish().meta({
    description: "The newest refresh token of the session. Without it, the bearer token is renewed.",
    example: exampleRefreshToken,
  }),
  attempt_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,64}$/, "must be 16 to 64 letters, digits, - or _")
    .nullish()
    .meta({
      description:
        "A new random text for each refresh, such as a UUID, made before the call. The same token and attempt again, because the answer did not come, are answered with the same next token, however late, until that was used. Without it they are for 10 seconds. Counts with `refresh_token` only.",
      example: "0d8a2a46-1df0-4c0b-8a11-6b1f1d0e9c55",
    }),
});

const accessToken = {
  access_token: z.string().meta({ description: "For the `Authorization` header, after `Bearer `." }),
  token_type: z.literal("bearer"),
  expires_in: z.int().meta({ description: "Seconds until the access token expires." }),
  user_id: id.meta({ description: "Whose session it is." }),
};

/** What a sign-in answers. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export interface Tokens {
  /** For the `Authorization` header, after `Bearer `. */
  access_token: string;
  token_type: "bearer";
  /** Seconds until the access token expires. */
  expires_in: number;
  /** Whose session it is. */
  user_id: number;
  /** Renews the access token once. */
  refresh_token: string;
}

export const tokens = named<Tokens>()(
  z
    .object({
      ...accessToken,
      refresh_token: z
        .string()
        .meta({ description: "Renews the access token once, at `POST /auth/refresh`." }),
    })
    .meta({ id: "Tokens", description: "An access token and the refresh token that renews it once." }),
);

export const refreshedTokens = z
  .object({
    ...accessToken,
    refresh_token: z
      .string()
      .meta({ description: "The next refresh token; the old one is used up." })
      .optional(),
  })
  .meta({
    id: "RefreshedTokens",
    description: "A new access token; with a new refresh token when one was given.",
  });
export type RefreshedTokens = z.infer<typeof refreshedTokens>;

/** A sentence about what was done, as the seed's clients print it. */
export interface Done {
  message: string;
}

export const done = named<Done>()(
  z
    .object({ message: z.string().meta({ description: "A sentence for people." }) })
    .meta({ id: "Done", description: "What was done, in a sentence." }),
);

/** The two cookies of a browser session. The second holds the CSRF token, which a page's script must read. */
export const cookieNames = { session: "causerie_session", csrf: "causerie_csrf" } as const;

/** The header that repeats the CSRF token. */
export const csrfHeader = "X-CSRF-Token";

/** What a sign-in with a cookie answers; the session itself is in the cookie, which no script can read. */
export const cookieSession = z
  .object({
    csrf_token: z.string().meta({
      description: `For the \`${csrfHeader}\` header of every call but reads; also in the cookie \`${cookieNames.csrf}\`.`,
    }),
    expires_in: z.int().meta({ description: "Seconds until the session ends." }),
  })
  .meta({ id: "CookieSession", description: "A session that the browser holds in a cookie." });
export type CookieSession = z.infer<typeof cookieSession>;

/** A fresh token for a socket that is open. */
export const renewInput = z.strictObject({
  token: text({ max: 4096 }).meta({ description: "A fresh access token of the socket's own session." }),
});

export const renewed = z
  .object({ expires_in: z.int().meta({ description: "Seconds until the socket must be renewed again." }) })
  .meta({ id: "Renewed" });
export type Renewed = z.infer<typeof renewed>;

/** How a client holds a session. */
export const sessionKinds = ["token", "cookie"] as const;

export const session = z
  .object({
    id: z.uuid().meta({ description: "What `DELETE /auth/sessions/{session_id}` takes." }),
    device: z
      .string()
      .nullable()
      .meta({ description: "How the program that signed in named itself, or null." }),
    kind: z
      .enum(sessionKinds)
      .meta({ description: "Whether its client holds tokens or a browser's cookie." }),
    created_at: timestamp.meta({ description: "When it signed in." }),
    last_used_at: timestamp.meta({
      description: "When it last called, connected or was renewed, to within five minutes.",
    }),
    expires_at: timestamp.meta({ description: "When it ends, whatever is renewed." }),
    current: z.boolean().meta({ description: "Whether this call was made with it." }),
  })
  .meta({ id: "Session", description: "A place where the user is signed in." });
export type Session = z.infer<typeof session>;

export const sessionIdInput = z.strictObject({
  session_id: z.uuid("must be a UUID").meta({
    description: "The session's id.",
    minLength: 36,
    maxLength: 36,
    example: "8b5cf3a1-6c86-4f0e-9d3e-6a2f5d1c7b90",
  }),
});
