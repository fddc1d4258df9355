import { appRecord } from "./app-record.ts";
import { trpc } from "./procedure.ts";

/** The router that all transports serve. */
export const appRouter = trpc.router(appRecord);
export type ServerRouter = typeof appRouter;
