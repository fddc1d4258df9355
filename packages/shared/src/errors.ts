/** How one kind of failure looks on every surface. */
export interface ErrorEntry {
  /** The HTTP status of REST and tRPC answers. */
  readonly status: number;
  /** tRPC's own code for it. */
  readonly trpc: string;
  /** The close code when it ends a `/trpc` socket, where it can. */
  readonly close?: number;
  /** Whether the same call may succeed later, unchanged. */
  readonly retry: boolean;
  /** The `title` of a problem body. @see https://www.rfc-editor.org/rfc/rfc9457 */
  readonly title: string;
  /** What the caller reads when nothing more precise is known. */
  readonly sentence: string;
}

/** The name of an error: what programs compare. Written out, so that published types need not hold the table. */
export type ErrorCode =
  | "BAD_REQUEST"
  | "UNAUTHORIZED"
  | "INVALID_CREDENTIALS"
  | "FORBIDDEN"
  | "CSRF_TOKEN_INVALID"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "TIMEOUT"
  | "CONFLICT"
  | "EMAIL_TAKEN"
  | "IDEMPOTENCY_CONFLICT"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "VALIDATION_FAILED"
  | "RATE_LIMITED"
  | "INTERNAL_SERVER_ERROR"
  | "OVERLOADED"
  | "STORAGE_FULL"
  | "STORAGE_LOCKED"
  | "STORAGE_UNAVAILABLE";

/** The one table of errors: every surface and the reference page are made from it. */
export const errors = {
  BAD_REQUEST: {
    status: 400,
    trpc: "BAD_REQUEST",
    close: 4400,
    retry: false,
    title: "Bad request",
    sentence: "The request could not be understood.",
  },
  UNAUTHORIZED: {
    status: 401,
    trpc: "UNAUTHORIZED",
    close: 4401,
    retry: false,
    title: "Not signed in",
    sentence: "Sign in first: the access token is missing, expired or revoked.",
  },
  INVALID_CREDENTIALS: {
    status: 401,
    trpc: "UNAUTHORIZED",
    retry: false,
    title: "Wrong credentials",
    sentence: "The e-mail address or the password is wrong.",
  },
  FORBIDDEN: {
    status: 403,
    trpc: "FORBIDDEN",
    close: 4403,
    retry: false,
    title: "Forbidden",
    sentence: "You may not do this.",
  },
  CSRF_TOKEN_INVALID: {
    status: 403,
    trpc: "FORBIDDEN",
    retry: false,
    title: "CSRF token missing or wrong",
    sentence: "With a session cookie, send the value of the causerie_csrf cookie as X-CSRF-Token.",
  },
  NOT_FOUND: {
    status: 404,
    trpc: "NOT_FOUND",
    retry: false,
    title: "Not found",
    sentence: "There is nothing here.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    trpc: "METHOD_NOT_SUPPORTED",
    retry: false,
    title: "Method not allowed",
    sentence: "This path does not answer that method.",
  },
  TIMEOUT: {
    status: 408,
    trpc: "TIMEOUT",
    close: 4408,
    retry: true,
    title: "Timed out",
    sentence: "The request took too long to arrive.",
  },
  CONFLICT: {
    status: 409,
    trpc: "CONFLICT",
    retry: false,
    title: "Conflict",
    sentence: "This contradicts what is already stored.",
  },
  EMAIL_TAKEN: {
    status: 409,
    trpc: "CONFLICT",
    retry: false,
    title: "E-mail address taken",
    sentence: "An account with this e-mail address exists already.",
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    trpc: "CONFLICT",
    retry: false,
    title: "Idempotency key reused",
    sentence: "This idempotency key was used for a different message.",
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    trpc: "PAYLOAD_TOO_LARGE",
    retry: false,
    title: "Too large",
    sentence: "The request is larger than this server accepts.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    trpc: "UNSUPPORTED_MEDIA_TYPE",
    retry: false,
    title: "Unsupported media type",
    sentence: "Send JSON or a form.",
  },
  VALIDATION_FAILED: {
    status: 422,
    trpc: "UNPROCESSABLE_CONTENT",
    retry: false,
    title: "Invalid input",
    sentence: "The input is not valid.",
  },
  RATE_LIMITED: {
    status: 429,
    trpc: "TOO_MANY_REQUESTS",
    close: 4429,
    retry: true,
    title: "Too many requests",
    sentence: "Too many requests: try again later.",
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    trpc: "INTERNAL_SERVER_ERROR",
    retry: true,
    title: "Internal server error",
    sentence: "Something went wrong on the server.",
  },
  OVERLOADED: {
    status: 503,
    trpc: "SERVICE_UNAVAILABLE",
    close: 1013,
    retry: true,
    title: "Overloaded",
    sentence: "The server is busy: try again in a moment.",
  },
  STORAGE_FULL: {
    status: 503,
    trpc: "SERVICE_UNAVAILABLE",
    retry: true,
    title: "Storage full",
    sentence:
      "The server's disk is full: nothing was changed, and nothing can be stored until there is room.",
  },
  STORAGE_LOCKED: {
    status: 503,
    trpc: "SERVICE_UNAVAILABLE",
    retry: true,
    title: "Storage locked",
    sentence: "Another program holds the server's database: nothing was changed. Try again in a moment.",
  },
  STORAGE_UNAVAILABLE: {
    status: 503,
    trpc: "SERVICE_UNAVAILABLE",
    retry: true,
    title: "Storage unavailable",
    sentence: "The server cannot store anything at the moment; nothing was changed.",
  },
} as const satisfies Readonly<Record<ErrorCode, ErrorEntry>>;

/** One fault of an input, as FastAPI reports it: `loc` leads to the field. */
export interface InputIssue {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}
