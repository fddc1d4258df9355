import { answeredError, toCauserieError, type CauserieError } from "../errors.ts";
import { createSseParser, type SseEvent } from "./sse-parser.ts";

export interface SseStreamOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** Ends it: nothing is called from then on. */
  readonly signal: AbortSignal;
  readonly onAlive: () => void;
  readonly onEvent: (event: SseEvent) => void;
  /** It was refused, or broke off; or what it was, when the server let it end. */
  readonly onLost: (error: CauserieError, refusal?: SseRefusal) => void;
}

export interface SseRefusal {
  readonly status: number;
  readonly retryAfterMs?: number;
}

/** Reads a stream of server-sent events with `fetch`: browsers' own `EventSource` sends no `Authorization`. */
export async function readSseStream(options: SseStreamOptions): Promise<void> {
  const { url, token, fetch, signal, onAlive } = options;
  const lose: SseStreamOptions["onLost"] = (...loss) => {
    if (!signal.aborted) options.onLost(...loss);
  };
  const unlessLost = <Value>(outcome: Promise<Value>) =>
    outcome.catch((cause: unknown) => lose(toCauserieError(cause)));
  const parse = createSseParser((event) => {
    if (!signal.aborted) options.onEvent(event);
  });

  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
  // A redirect may lead to where the token must not go.
  const response = await unlessLost(fetch(url, { headers, signal, redirect: "error" }));
  if (!response) return;
  const isStream = response.ok && response.headers.get("content-type")?.startsWith("text/event-stream");
  const body = isStream ? response.body : undefined;
  if (!body) {
    // What is no JSON is not of Causerie.
    const json: unknown = await response.json().catch(() => undefined);
    lose(...refusalOf(response, json));
    return;
  }

  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const chunk = await unlessLost(reader.read());
    if (!chunk || signal.aborted) return;
    if (chunk.done) return lose(toCauserieError(undefined));
    onAlive();
    parse(decoder.decode(chunk.value, { stream: true }));
  }
}

function refusalOf(response: Response, json: unknown): [CauserieError, SseRefusal] {
  const error = answeredError(json, response.status);
  // A date is left alone: it would be compared with the clock of this device.
  const retryAfterMs = Number(response.headers.get("retry-after")) * 1000 || error.retryAfterMs;
  const { status } = response;
  return [error, retryAfterMs === undefined ? { status } : { status, retryAfterMs }];
}
