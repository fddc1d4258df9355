import type { RestMeta } from "../../rpc/rest-meta.ts";
import type { ServerRouter } from "../../rpc/app-router.ts";

/** A REST operation and the procedure behind it. */
export interface RestRoute {
  readonly procedure: string;
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly pathParameters: readonly string[];
  /** Whether the procedure takes any input at all. */
  readonly hasInput: boolean;
  readonly meta: RestMeta;
}

const parameter = /\{(.+?)\}/g;

/** Every operation, from the procedures' meta, in the order in which they are matched. */
export function restRoutes(router: ServerRouter): RestRoute[] {
  // At run time tRPC keeps the procedures in one flat record, under dotted names.
  const procedures = Object.entries(router._def.procedures) as unknown as [
    string,
    { _def: { meta?: RestMeta; inputs: unknown[] } },
  ][];
  return procedures.flatMap(([procedure, { _def }]) => {
    const { meta, inputs } = _def;
    if (!meta?.openapi) return [];
    const { method, path } = meta.openapi;
    return {
      procedure,
      method,
      path,
      pattern: new RegExp(`^${path.replaceAll(parameter, "[^/]+")}/?$`, "i"),
      hasInput: inputs.length > 0,
      pathParameters: [...path.matchAll(parameter)].map((match) => match[1] ?? ""),
      meta,
    };
  });
}
