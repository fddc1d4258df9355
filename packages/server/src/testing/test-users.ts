import { loginInput, registerInput, type Tokens } from "@causerie/shared";
import type { AuthService } from "../features/auth/index.ts";

export interface NewTestUser {
  /** Somebody with a name of their own unless given. */
  readonly name?: string;
  readonly email?: string;
  readonly password?: string;
}

/** Somebody who is registered and signed in. */
export interface TestUser {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Their access token: `tokens.access_token`. */
  readonly token: string;
  readonly tokens: Tokens;
}

const device = "test kit";

/** Of all kits of the process, as two of them may share a database. */
let count = 0;

/** Registers somebody and signs them in, as the procedures do, but past the limits on callers. */
export async function createTestUser(auth: AuthService, given: NewTestUser): Promise<TestUser> {
  count += 1;
  const account = registerInput.parse({
    name: given.name ?? `Person ${count}`,
    email: given.email ?? `person-${process.pid}-${count}@example.com`,
    password: given.password ?? "a password for tests",
  });
  const { id, name, email } = await auth.register(account);
  const tokens = await signInTestUser(auth, account);
  return { id, name, email, password: account.password, token: tokens.access_token, tokens };
}

/** Opens another session. */
export function signInTestUser(
  auth: AuthService,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<Tokens> {
  return auth.signIn(loginInput.parse({ email, password }), { seed: false, device });
}
