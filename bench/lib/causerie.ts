import { emailOf, password, type DataFolder } from "./data-folder.ts";
import { startServer, type ServerOptions, type ServerUnderTest } from "./server-under-test.ts";

const main = new URL("../../packages/server/src/main.ts", import.meta.url).pathname;
/** Signing in is limited to a few at a time, and refused beyond. */
const signInsAtOnce = 8;

/** Starts Causerie as `pnpm start` does, but without limits: one machine is all its clients. */
export function startCauserie(folder: DataFolder, options: ServerOptions = {}): Promise<ServerUnderTest> {
  const env = {
    PORT: "0",
    ...folder.env,
    RATE_LIMIT: "off",
    MAX_CONNECTIONS: "100000",
    ...options.env,
  };
  return startServer(main, { ...options, cwd: folder.path, env });
}

/** Signs in everybody of the folder; the token of person n is at n - 1. */
export async function signInAll(server: ServerUnderTest, { people }: DataFolder): Promise<string[]> {
  const tokens: string[] = new Array<string>(people);
  let next = 0;
  async function signInSome(): Promise<void> {
    while (next < people) {
      const index = next;
      next += 1;
      tokens[index] = await signIn(server, index + 1);
    }
  }
  await Promise.all(Array.from({ length: signInsAtOnce }, signInSome));
  return tokens;
}

async function signIn({ url }: ServerUnderTest, userId: number): Promise<string> {
  const answer = await fetch(`${url}/auth/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: emailOf(userId), password }),
  });
  if (!answer.ok) throw new Error(`Person ${userId} could not sign in: ${answer.status}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}
