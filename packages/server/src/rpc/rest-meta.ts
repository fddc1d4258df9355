import type { ErrorCode } from "@causerie/shared";

type RestPath = `/${string}`;

/**
 * How a procedure appears as a REST operation: what the document generator needs and what
 * our own layer adds. A `type` of our own keeps the generator's types out of the client's.
 */
export type RestMeta = {
  openapi?: {
    method: "GET" | "POST" | "PUT" | "DELETE";
    path: RestPath;
    summary: string;
    description: string;
    tags: string[];
    /** Whether it needs an access token; it does unless false. */
    protect?: boolean;
    /** The type of body that the document names first; JSON unless given. All types are taken. */
    contentTypes?: [string];
  };
  /** Takes JSON and no forms, which any page can send; the procedure sees to it. */
  jsonOnly?: true;
  /** An access token is taken into account but not needed. */
  optionalAuth?: true;
  /** Takes an `Idempotency-Key` header. */
  idempotent?: true;
  /** Fields of which one must be given. */
  needsOneOf?: string[];
  /** Its answers lead on in a `Link` header, as those of all lists with `before` and `after` do. */
  leadsOn?: true;
  /** The status of success; 200 unless given. */
  status?: 201;
  /** The errors it answers with, besides those that every operation can. */
  errors?: ErrorCode[];
  /** A successful answer, as the document shows it. */
  example?: unknown;
};
