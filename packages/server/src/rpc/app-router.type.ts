import type { TRPCBuiltRouter, TRPCDecorateCreateRouterOptions } from "@trpc/server";
import type { appRecord } from "./app-record.ts";
import type { ErrorShape } from "./error-formatter.ts";

/**
 * The contract as a type: what the client package is built from, and the only thing it
 * takes from the server. It names procedures, inputs and outputs, and nothing behind them.
 */
export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: false },
  TRPCDecorateCreateRouterOptions<typeof appRecord>
>;
