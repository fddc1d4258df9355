import type { ErrorCode, InputIssue } from "@causerie/shared";
import type { TRPCDefaultErrorShape, TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_NUMBER } from "@trpc/server/rpc";
import { describeError } from "./describe-error.ts";

/** An error as tRPC callers get it. `data.code` is from our table. */
export interface ErrorShape {
  readonly message: string;
  /** tRPC's JSON-RPC number of the error. */
  readonly code: TRPC_ERROR_CODE_NUMBER;
  readonly data: {
    readonly code: ErrorCode;
    readonly httpStatus: number;
    readonly path?: string;
    readonly issues?: readonly InputIssue[];
    readonly retry_after_ms?: number;
  };
}

export function formatError({
  error,
  shape,
}: {
  error: TRPCError;
  shape: TRPCDefaultErrorShape;
}): ErrorShape {
  const { code, status, message, issues, retryAfterMs } = describeError(error);
  return {
    message,
    code: shape.code,
    data: {
      code,
      httpStatus: status,
      ...(shape.data.path === undefined ? {} : { path: shape.data.path }),
      ...(issues === undefined ? {} : { issues }),
      ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    },
  };
}
