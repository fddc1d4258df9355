import {
  systemClock,
  startTestServer as startServer,
  type Clock,
  type LogLine,
} from "@causerie/server/testing";
import { createStorage, type Storage } from "./storage.ts";

/** A real server in this process: its own storage, a free port, real sockets. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>` */
  readonly wsUrl: string;
  readonly port: number;
  readonly storage: Storage;
  /** What the server logged, one parsed line each. */
  readonly logs: readonly LogLine[];
  stop(): Promise<void>;
}

export interface TestServerOptions {
  /** Where it keeps its data, to be shared with another server; a storage of its own unless given. */
  readonly storage?: Storage;
  readonly clock?: Clock;
  readonly realPasswordHashing?: boolean;
}

/** Starts a server on the project's engine; `env` overrides the configuration of the tests. */
export async function startTestServer(
  env: Readonly<Record<string, string>> = {},
  { storage: given, clock = systemClock, ...options }: TestServerOptions = {},
): Promise<TestServer> {
  const storage = given ?? (await createStorage());
  const { url, logs, stop } = await startServer({ env: { ...storage.env, ...env }, clock, ...options });
  return {
    url,
    wsUrl: url.replace("http", "ws"),
    port: Number(new URL(url).port),
    storage,
    logs,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (!given) await storage[Symbol.asyncDispose]();
    },
  };
}
