import type { IncomingMessage, Server, ServerResponse } from "node:http";

/** The streams of server-sent events that are open. */
export interface OpenStreams {
  /** Cuts those of a user, or all. */
  cut(userId?: number): void;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Watches for streams from now on. They are told by the token in their request's header. */
export function watchStreams(http: Server): OpenStreams {
  const exchanges = new Set<Exchange>();
  http.on("request", (request, response) => {
    const exchange = { request, response };
    exchanges.add(exchange);
    response.once("close", () => exchanges.delete(exchange));
  });
  return {
    cut(userId) {
      for (const { request, response } of exchanges) {
        const isStream = String(response.getHeader("content-type")).startsWith("text/event-stream");
        if (isStream && (userId === undefined || subjectOf(request) === userId)) response.destroy();
      }
    },
  };
}

/** Whose token it is; the server has checked it by the time it streams. */
function subjectOf({ headers }: IncomingMessage): number | undefined {
  const claims = /^Bearer [^.]+\.([^.]+)\./i.exec(headers.authorization ?? "")?.[1];
  if (claims === undefined) return undefined;
  const { sub } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { readonly sub: string };
  return Number(sub);
}
