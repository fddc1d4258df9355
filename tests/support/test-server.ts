import { pino } from "pino";
import { readConfig, startServer, type ServerOptions } from "@causerie/server";
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
  readonly logs: Record<string, unknown>[];
  stop(): Promise<void>;
}

export interface TestServerOptions extends ServerOptions {
  /** Where it keeps its data, to be shared with another server; a storage of its own unless given. */
  readonly storage?: Storage;
}

/** Starts a server on the project's engine; `env` overrides the configuration of the tests. */
export async function startTestServer(
  env: Readonly<Record<string, string>> = {},
  { storage: given, ...options }: TestServerOptions = {},
): Promise<TestServer> {
  const storage = given ?? (await createStorage());
  const logs: Record<string, unknown>[] = [];
  const logger = pino(
    { level: "debug" },
    { write: (line: string) => void logs.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const config = readConfig({ PORT: "0", RATE_LIMIT: "off", ...storage.env, ...env });
  const server = await startServer(config, { logger, ...options });
  return {
    url: server.url,
    wsUrl: server.url.replace("http", "ws"),
    port: Number(new URL(server.url).port),
    storage,
    logs,
    stop: () => server.stop(),
    async [Symbol.asyncDispose]() {
      await server.stop();
      if (!given) await storage[Symbol.asyncDispose]();
    },
  };
}
