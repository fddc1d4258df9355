/** One server-sent event. */
export interface SseEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** A subscription over server-sent events, read with `fetch`. */
export interface SseStream {
  readonly status: number;
  /** What came so far, tRPC's own `connected` and `ping` included. */
  readonly events: SseEvent[];
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Subscribes to a procedure by GET, as an EventSource does; `lastEventId` resumes. */
export async function openSse(
  url: string,
  procedure: string,
  options: ({ token: string } | { cookie: string }) & { lastEventId?: string; input?: object },
): Promise<SseStream> {
  const leave = new AbortController();
  const query = options.input ? `?${new URLSearchParams({ input: JSON.stringify(options.input) })}` : "";
  const response = await fetch(`${url}/trpc/${procedure}${query}`, {
    signal: leave.signal,
    headers: {
      accept: "text/event-stream",
      ...("token" in options ? { authorization: `Bearer ${options.token}` } : { cookie: options.cookie }),
      ...(options.lastEventId === undefined ? {} : { "last-event-id": options.lastEventId }),
    },
  });
  const events: SseEvent[] = [];
  return {
    status: response.status,
    events,
    // Leaving, like losing the connection, is an end too.
    ended: readInto(events, response).catch(() => undefined),
    close: () => leave.abort(),
  };
}

async function readInto(events: SseEvent[], response: Response): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  const reader = response.body?.getReader();
  for (;;) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) return;
    text += decoder.decode(chunk.value, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) events.push(parseBlock(block));
  }
}

function parseBlock(block: string): SseEvent {
  const fields = new Map(
    block.split("\n").map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
    }),
  );
  const data = fields.get("data");
  return {
    event: fields.get("event") ?? "message",
    id: fields.get("id"),
    data: data ? (JSON.parse(data) as unknown) : undefined,
  };
}
