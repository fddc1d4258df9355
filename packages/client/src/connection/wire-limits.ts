import { CauserieError } from "../errors.ts";

/** The most bytes of a frame, and of the body of a request. Of more than that the server closes the connection. */
export const mostBytes = 64 * 1024;

/** The most messages of a frame. */
export const mostMessages = 50;

/** How many bytes a text has on the way. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** What has more than `mostBytes` is not sent. */
export function tooLarge(): CauserieError {
  return new CauserieError("PAYLOAD_TOO_LARGE", "The input is larger than the server accepts.", {
    status: 413,
  });
}
