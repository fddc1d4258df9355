import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type ServerOptions, type ServerUnderTest } from "./server-under-test.ts";

/** The files of the servers that Causerie is compared with and that need no packages beyond its own. */
export const bareWs = new URL("../servers/bare-ws.ts", import.meta.url).pathname;
export const stockTrpc = new URL("../servers/stock-trpc.ts", import.meta.url).pathname;

/** Starts a server that stores in one table of a database of its own, which goes with it. */
export async function startWithTable(
  main: string,
  { env, ...options }: ServerOptions = {},
): Promise<ServerUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "causerie-bench-"));
  const server = await startServer(main, { ...options, env: { DATABASE: join(folder, "bench.db"), ...env } });
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
