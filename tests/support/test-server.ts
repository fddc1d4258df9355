import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { readConfig, startServer, type ServerOptions } from "@causerie/server";

/** A real server in this process: its own data folder, a free port, real sockets. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>` */
  readonly wsUrl: string;
  readonly port: number;
  readonly dataDir: string;
  /** What the server logged, one parsed line each. */
  readonly logs: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** Starts a server; `env` overrides the configuration of the tests. */
export async function startTestServer(
  env: Readonly<Record<string, string>> = {},
  options: ServerOptions = {},
): Promise<TestServer> {
  const dataDir = env["DATA_DIR"] ?? (await mkdtemp(join(tmpdir(), "causerie-test-")));
  const logs: Record<string, unknown>[] = [];
  const logger = pino(
    { level: "debug" },
    { write: (line: string) => void logs.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const config = readConfig({ PORT: "0", RATE_LIMIT: "off", ...env, DATA_DIR: dataDir });
  const server = await startServer(config, { logger, ...options });
  return {
    url: server.url,
    wsUrl: server.url.replace("http", "ws"),
    port: Number(new URL(server.url).port),
    dataDir,
    logs,
    stop: () => server.stop(),
    async [Symbol.asyncDispose]() {
      await server.stop();
      if (env["DATA_DIR"] === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
