import { answeredError, type CauserieError } from "../errors.ts";
import { parseJson } from "../lib/parse-json.ts";
import type { Link, OpenLink, Subscriber } from "./link.ts";
import type { SseEvent } from "./sse-parser.ts";
import { readSseStream, type SseStreamOptions } from "./sse-stream.ts";

export interface SseLinkDeps {
  /** `http://…/trpc` or `https://…/trpc`. */
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  /** Makes the calls, which do not go over the stream. */
  readonly call: Link["call"];
}

/** Opens links over server-sent events: each subscription is a stream of its own. */
export function createSseLinkOpener({ url, fetch, call }: SseLinkDeps): OpenLink {
  return async ({ token, onAlive, onLost }) => {
    const streams = new Set<AbortController>();
    let isOver = false;

    function close(): void {
      isOver = true;
      for (const stream of streams) stream.abort();
      streams.clear();
    }

    const lose: SseStreamOptions["onLost"] = (error, refusal) => {
      close();
      onLost({ transport: "sse", error, ...refusal });
    };

    return {
      transport: "sse",
      call,
      subscribe({ path, input }, subscriber) {
        const stream = new AbortController();
        const stop = () => {
          streams.delete(stream);
          stream.abort();
        };
        if (isOver) return stop;
        streams.add(stream);
        const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
        void readSseStream({
          ...{ url: `${url}/${path}${query}`, token, fetch, signal: stream.signal, onAlive, onLost: lose },
          onEvent: createReader(subscriber, { stop, fail: lose }),
        });
        return stop;
      },
      ping() {},
      close,
    };
  };
}

interface Ends {
  readonly stop: () => void;
  readonly fail: (error: CauserieError) => void;
}

/** Tells a subscriber what the events of its stream say. Those without a meaning here show that it is alive. */
function createReader(subscriber: Subscriber, { stop, fail }: Ends): (event: SseEvent) => void {
  let isStarted = false;

  function end(error?: CauserieError): void {
    stop();
    subscriber.onEnd(error);
  }

  return ({ event, data, id }) => {
    if (event === "return") return end();
    const isItem = event === "message";
    if (!isItem && event !== "serialized-error") return;
    const value = parseJson(data);
    if (value === undefined) return fail(answeredError(value));
    if (!isItem) return end(answeredError({ error: value }));
    if (!isStarted) subscriber.onStarted();
    isStarted = true;
    subscriber.onItem(value, id);
  };
}
