import { resolve } from "node:path";
import { startServer, type ServerUnderTest } from "./server-under-test.ts";

const main = resolve(import.meta.dirname, "../../packages/server/src/main.ts");

export interface CauserieOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  readonly profiles?: string | undefined;
}

/**
 * Starts Causerie as it is delivered, on SQLite, save that it sets no limits: a load comes
 * from few addresses. `NODE_ENV` is unset, as the other servers have it.
 */
export function startCauserie({ dataDir, env = {}, ...options }: CauserieOptions): Promise<ServerUnderTest> {
  return startServer(main, {
    ...options,
    env: {
      PORT: "0",
      DATA_DIR: dataDir,
      RATE_LIMIT: "off",
      LOG_LEVEL: "info",
      DATABASE_URL: "",
      MAX_CONNECTIONS: "200000",
      MAX_CONNECTIONS_PER_ADDRESS: "200000",
      ...env,
    },
  });
}
