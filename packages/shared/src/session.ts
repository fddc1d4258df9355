import { z } from "zod";
import { limits } from "./limits.ts";
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

export const refreshInput = z.strictObject({
  refresh_token: text(credential).nullish().meta({
    description: "The newest refresh token of the session. Without it, the bearer token is renewed.",
    example: "8b5cf3a1-6c86-4f0e-9d3e-6a2f5d1c7b90.q2J0c0V4YW1wbGVPbmx5Tm90QVJlYWxUb2tlbkF0QWxs",
  }),
});

const accessToken = {
  access_token: z.string().meta({ description: "For the `Authorization` header, after `Bearer `." }),
  token_type: z.literal("bearer"),
  expires_in: z.int().meta({ description: "Seconds until the access token expires." }),
};

/** What a sign-in answers. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export const tokens = z
  .object({
    ...accessToken,
    refresh_token: z.string().meta({ description: "Renews the access token once, at `POST /auth/refresh`." }),
  })
  .meta({ id: "Tokens", description: "An access token and the refresh token that renews it once." });
export type Tokens = z.infer<typeof tokens>;

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
export const done = z
  .object({ message: z.string().meta({ description: "A sentence for people." }) })
  .meta({ id: "Done", description: "What was done, in a sentence." });
export type Done = z.infer<typeof done>;
