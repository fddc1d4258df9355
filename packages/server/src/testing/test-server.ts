import type { Tokens } from "@causerie/shared";
import type { VirtualClock } from "@causerie/shared/testing";
import { pino } from "pino";
import { readConfig } from "../config.ts";
import type { Clock } from "../lib/clock.ts";
import { createPasswordHasher, leastCost } from "../lib/password-hasher.ts";
import type { Random } from "../lib/random.ts";
import { startServer } from "../server.ts";
import { countTraffic } from "./traffic.ts";
import { createVirtualClock } from "./virtual-clock.ts";
import { watchStreams } from "./open-streams.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { createTestUser, signInTestUser, type NewTestUser, type TestUser } from "./test-users.ts";

export interface TestServerOptions<C extends Clock = VirtualClock> {
  /**
   * Settings, as the server's environment names them: `{ ACCESS_TOKEN_TTL: "60s" }`. With `DATA_DIR` the data
   * stays where it is; with `DATABASE_URL` it is on PostgreSQL.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether callers are limited, as they are outside of tests. Not unless asked. */
  readonly rateLimits?: boolean;
  /** Whether passwords are hashed at their full cost. As cheaply as can be unless asked. */
  readonly realPasswordHashing?: boolean;
  /** The server's time: one that stands still until it is moved, unless given. `systemClock` is the real one. */
  readonly clock?: C;
  readonly random?: Random;
}

/** What the server logged, at the level `debug` and above. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A real server in this process: its own data, a free port, real sockets. */
export interface TestServer<C extends Clock = VirtualClock> extends AsyncDisposable {
  /** The root, `http://127.0.0.1:<port>`; the same after a restart. */
  readonly url: string;
  /** The server's time. Hand it to a client too, and both move together. */
  readonly clock: C;
  readonly logs: readonly LogLine[];
  /** Registers somebody and signs them in. */
  createUser(user?: NewTestUser): Promise<TestUser>;
  /** Signs somebody in once more, as on another device. */
  signIn(user: Pick<TestUser, "email" | "password">): Promise<Tokens>;
  /** Closes the sockets of a user, or of all with `"everybody"`, and cuts their streams. `code` is 1012, "restarting", unless given. */
  kick(userId: number | "everybody", code?: number): void;
  /**
   * Stops, and starts again on the same port with the same data. `whileDown` runs in between, while nobody
   * can connect.
   */
  restart(whileDown?: () => void | Promise<void>): Promise<void>;
  /** Stops for good and forgets the data. */
  stop(): Promise<void>;
}

/**
 * Starts a server for tests: `await using server = await startTestServer()`. It is the one that runs outside of
 * tests, its database a file in a temporary folder; but nobody is limited, time stands still, and passwords are
 * hashed as cheaply as can be.
 */
export async function startTestServer<C extends Clock = VirtualClock>(
  options: TestServerOptions<C> = {},
): Promise<TestServer<C>> {
  const { env = {}, rateLimits = false, realPasswordHashing = false, random } = options;
  const virtual = () => createVirtualClock(Date.now(), () => isBusy());
  // Without a clock there is nothing for C to be but its default.
  const clock = options.clock ?? (virtual() as Clock as C);
  const logs: LogLine[] = [];
  const write = (line: string) => void logs.push(JSON.parse(line) as LogLine);
  const deps = {
    clock,
    logger: pino({ level: "debug" }, { write }),
    passwords: await createPasswordHasher(realPasswordHashing ? undefined : leastCost),
    ...(random && { random }),
  };
  const folder = env["DATA_DIR"] === undefined ? makeTemporaryFolder("causerie-test-") : undefined;
  const settings = {
    RATE_LIMIT: rateLimits ? "on" : "off",
    PORT: "0",
    ...(folder && { DATA_DIR: folder.path }),
    ...env,
  };

  async function start(port = settings.PORT) {
    const server = await startServer(readConfig({ ...settings, PORT: port }), deps);
    return { ...server, streams: watchStreams(server.http), traffic: countTraffic(server.http) };
  }

  let running = await start().catch((error: unknown) => {
    folder?.remove();
    throw error;
  });
  const { url } = running;
  const { port } = new URL(url);

  let seen = 0;
  function isBusy(): boolean {
    const before = seen;
    seen = running.traffic();
    return seen !== before || running.services.inFlight.count() > 0;
  }

  async function stop(): Promise<void> {
    await running.stop();
    folder?.remove();
  }

  return {
    url,
    clock,
    logs,
    createUser: (user = {}) => createTestUser(running.services.auth, user),
    signIn: (user) => signInTestUser(running.services.auth, user),
    kick(who, code = 1012) {
      const userId = who === "everybody" ? undefined : who;
      for (const connection of [...running.connections])
        if (userId === undefined || connection.userId() === userId) connection.close(code);
      running.streams.cut(userId);
    },
    async restart(whileDown) {
      await running.stop();
      await whileDown?.();
      running = await start(port);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
