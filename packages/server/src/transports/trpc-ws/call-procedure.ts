import {
  getTRPCErrorFromUnknown,
  TRPCError,
  type AnyTRPCProcedure,
  type TRPCProcedureType,
} from "@trpc/server";

/** What a transport passes to a procedure. @see `ProcedureCallOptions` in `@trpc/server` */
export interface ProcedureCall {
  readonly ctx: unknown;
  readonly type: TRPCProcedureType;
  readonly path: string;
  readonly getRawInput: () => Promise<unknown>;
  readonly input: unknown;
  readonly signal: AbortSignal | undefined;
  readonly batchIndex: number;
}

type Result =
  { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: TRPCError };
type Change = Partial<Pick<ProcedureCall, "ctx" | "input" | "getRawInput">>;
type Middleware = (
  call: ProcedureCall & { readonly meta: unknown; readonly next: (change?: Change) => Promise<Result> },
) => Promise<Result | undefined>;

/** The part of a procedure's definition that says what runs: its resolver is the last of them. */
interface Definition {
  readonly meta?: unknown;
  readonly middlewares?: readonly Middleware[];
  readonly experimental_caller?: boolean;
}

/**
 * Calls a procedure as tRPC's own caller does: the same middlewares with the same arguments. That
 * caller copies everything a call carries twice for each of them, property by property, which was
 * a third of what a call over a socket cost.
 */
export async function callProcedure(procedure: AnyTRPCProcedure, call: ProcedureCall): Promise<unknown> {
  const { middlewares, meta, experimental_caller: hasOwnCaller } = procedure._def as unknown as Definition;
  if (!middlewares || hasOwnCaller === true)
    return await (procedure as unknown as (call: ProcedureCall) => Promise<unknown>)(call);
  const result = await runFrom(0, middlewares, meta, call);
  if (!result)
    throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "A middleware returned nothing." });
  if (!result.ok) throw result.error;
  return result.data;
}

async function runFrom(
  index: number,
  middlewares: readonly Middleware[],
  meta: unknown,
  call: ProcedureCall,
): Promise<Result> {
  const { ctx, type, path, getRawInput, input, signal, batchIndex } = call;
  const next = (change?: Change) =>
    runFrom(index + 1, middlewares, meta, change ? changed(call, change) : call);
  try {
    const middleware = middlewares[index] as Middleware;
    const options = { ctx, type, path, getRawInput, input, signal, batchIndex, meta, next };
    return (await middleware(options)) as Result;
  } catch (cause) {
    return { ok: false, error: getTRPCErrorFromUnknown(cause) };
  }
}

function changed(call: ProcedureCall, change: Change): ProcedureCall {
  const { ctx, type, path, getRawInput, input, signal, batchIndex } = call;
  return {
    ctx: change.ctx ? Object.assign({}, ctx, change.ctx) : ctx,
    type,
    path,
    getRawInput: change.getRawInput ?? getRawInput,
    input: "input" in change ? change.input : input,
    signal,
    batchIndex,
  };
}
