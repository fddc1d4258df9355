import type { closeCodes, ErrorCode } from "@causerie/shared";
import { CauserieError } from "../errors.ts";

type CloseCodes = typeof closeCodes;
/** The codes that the server closes with when connecting again would end the same way. */
type FinalCode = {
  [Code in keyof CloseCodes]: CloseCodes[Code]["duty"] extends "give_up" ? Code : never;
}[keyof CloseCodes];

const finalCodes: Readonly<Record<FinalCode, readonly [ErrorCode, string]>> = {
  1009: ["PAYLOAD_TOO_LARGE", "A frame was larger than the server accepts."],
  4400: ["BAD_REQUEST", "The server did not understand this client."],
  4403: ["FORBIDDEN", "You may not connect."],
  4409: ["RATE_LIMITED", "There are too many connections."],
  4410: ["UNAUTHORIZED", "The account is gone."],
};

/** The server refuses the token, or the session has ended. */
export const sessionEnded = 4401;

/** The error that a closed connection ends its subscriptions with; undefined: connect again. */
export function finalError(code: number | undefined): CauserieError | undefined {
  const entry = (finalCodes as Readonly<Record<number, readonly [ErrorCode, string]>>)[code ?? 0];
  return entry && new CauserieError(...entry);
}
