import type { Config } from "./config.ts";
import { startServer as start, type RunningServer, type ServerOptions } from "./server.ts";

export { readConfig, type Config } from "./config.ts";
export type { RunningServer, ServerOptions } from "./server.ts";

/** Opens the data folder, wires everything together and listens. Throws a StartupError it can explain. */
export const startServer: (config: Config, options?: ServerOptions) => Promise<RunningServer> = start;
