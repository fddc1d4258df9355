import {
  getTRPCErrorFromUnknown,
  TRPCError,
  type AnyTRPCProcedure,
  type AnyTRPCRouter,
  type TRPCProcedureType,
} from "@trpc/server";
import { getErrorShape } from "@trpc/server/shared";
import type { Connection } from "../../realtime/connection.ts";
import type { Lane } from "../../realtime/lane.ts";
import { callProcedure } from "./call-procedure.ts";
import { errorReply, type ReplyHead } from "./replies.ts";

/** A call as it came over the socket, with what is needed to answer it. */
export interface SocketCall {
  readonly head: ReplyHead;
  readonly type: TRPCProcedureType;
  readonly path: string;
  readonly input: unknown;
  readonly batchIndex: number;
}

export interface FailureReport {
  readonly error: TRPCError;
  readonly path: string | undefined;
}

/** One socket on which a router is served. */
export interface RouterSession<Context = unknown> {
  readonly connection: Connection;
  readonly router: AnyTRPCRouter;
  /** Undefined until it is made, before anything is called. */
  ctx: Context;
  readonly lane: Lane;
  readonly report: (failure: FailureReport) => void;
}

/** Sends the refusal of a call, or of what cannot be read as one. */
export function refuse(session: RouterSession, head: ReplyHead, cause: unknown, call?: SocketCall): void {
  const error = getTRPCErrorFromUnknown(cause);
  const { path, type = "unknown", input } = call ?? {};
  session.report({ error, path });
  const config = session.router._def._config;
  session.connection.send(
    errorReply(head, getErrorShape({ config, error, type, path, input, ctx: session.ctx })),
  );
}

/** Calls the procedure that the call names. Throws when there is none, or it fails at once. */
export function invoke(
  session: RouterSession,
  { path, type, batchIndex }: SocketCall,
  getRawInput: () => Promise<unknown>,
  signal?: AbortSignal,
): Promise<unknown> {
  const procedures = session.router._def.procedures as Readonly<Record<string, AnyTRPCProcedure | undefined>>;
  const procedure = procedures[path];
  if (procedure?._def.type !== type)
    throw new TRPCError({ code: "NOT_FOUND", message: `No "${type}"-procedure on path "${path}"` });
  const { ctx } = session;
  return callProcedure(procedure, { path, getRawInput, ctx, type, signal, batchIndex, input: undefined });
}
