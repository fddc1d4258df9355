import { errors, type ErrorCode, type InputIssue } from "@causerie/shared";
import type { TRPCDefaultErrorShape, TRPCError } from "@trpc/server";
import { TRPC_ERROR_CODES_BY_KEY, type TRPC_ERROR_CODE_NUMBER } from "@trpc/server/rpc";
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
    code: TRPC_ERROR_CODES_BY_KEY[errors[code].trpc],
    data: {
      code,
      httpStatus: status,
      ...(shape.data.path === undefined ? {} : { path: shape.data.path }),
      ...(issues === undefined ? {} : { issues }),
      ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    },
  };
}
