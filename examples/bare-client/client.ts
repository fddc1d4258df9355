/** A client of Causerie's live protocol over a bare WebSocket, written from docs/protocol/realtime.md alone. */
export interface Options {
  /** The root of the server, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** A good access token; asked for at each connection. */
  readonly token: () => Promise<string>;
  /** Where an earlier run left off; without it the snapshot comes first. */
  readonly cursor?: string;
  /** All state as of one moment: replaces what was known. */
  readonly onSnapshot: (snapshot: { readonly cursor: string }) => void;
  /** A change after that, with the cursor to store along with it. */
  readonly onEvent: (event: { readonly type: string }, cursor: string) => void;
  /** The client stopped: connecting again would end the same way. */
  readonly onEnd: (code: number) => void;
}

interface Pending {
  readonly frame: string;
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: Error) => void;
}
interface Answer {
  readonly id: number | null;
  readonly error?: { readonly message: string; readonly data: { readonly code: string } };
  readonly result?: { readonly type: string; readonly data?: unknown };
}

const giveUp = new Set([1009, 4400, 4403, 4409, 4410]);
const silenceMs = 60_000;

export function connect(options: Options) {
  // Sends without an answer, in the order of sending: a Map keeps it.
  const unanswered = new Map<number, Pending>();
  let { cursor } = options;
  let [nextId, stream, snapshot, failures, refusals] = [1, -1, -1, 0, 0];
  let [socket, stopped]: [WebSocket | undefined, boolean] = [undefined, false];
  let silence: ReturnType<typeof setTimeout> | undefined;

  const transmit = (message: object) => socket?.send(JSON.stringify(message));
  const bootstrap = () =>
    transmit({ id: (snapshot = nextId++), method: "query", params: { path: "bootstrap" } });
  const follow = () => {
    const params = { path: "events.stream", input: { lastEventId: cursor } };
    transmit({ id: (stream = nextId++), method: "subscription", params });
  };

  async function open(): Promise<void> {
    const token = await options.token();
    if (stopped) return;
    socket = new WebSocket(`${options.url.replace(/^http/, "ws")}/trpc?connectionParams=1`);
    socket.onopen = () => {
      transmit({ method: "connectionParams", data: { token } });
      for (const { frame } of unanswered.values()) socket?.send(frame);
      if (cursor === undefined) bootstrap();
      else follow();
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      clearTimeout(silence);
      silence = setTimeout(() => socket?.close(), silenceMs);
      take(JSON.parse(data) as Answer);
    };
    socket.onclose = ({ code }) => lost(code);
  }

  function lost(code: number): void {
    clearTimeout(silence);
    refusals = code === 4401 ? refusals + 1 : 0;
    if (stopped) return;
    // A fresh token is tried once.
    if (giveUp.has(code) || refusals > 1) return options.onEnd(code);
    setTimeout(() => void open(), Math.random() * Math.min(30_000, 500 * 2 ** failures++));
  }

  function take({ id, result, error }: Answer): void {
    if (id === stream && error) socket?.close();
    else if (id === stream && result?.type === "data") onItem(result.data as never);
    else if (id === snapshot && result) {
      options.onSnapshot(result.data as { cursor: string });
      ({ cursor } = result.data as { cursor: string });
      follow();
    }
    const send = unanswered.get(id ?? -1);
    unanswered.delete(id ?? -1);
    if (error) send?.reject(new Error(error.data.code));
    else send?.resolve(result?.data);
  }

  function onItem({ id, data }: { readonly id: string; readonly data: { readonly type: string } }): void {
    failures = 0;
    if (data.type === "reset") {
      transmit({ id: stream, method: "subscription.stop" });
      [stream, cursor] = [-1, undefined];
      return bootstrap();
    }
    if (data.type !== "heartbeat") options.onEvent(data, id);
    cursor = id;
  }

  void open();
  return {
    /** Stores a message once, however often the connection is lost meanwhile. */
    send: (message: { readonly content: string; readonly receiver_id: number | null }) =>
      new Promise((resolve, reject) => {
        const input = { ...message, client_message_id: crypto.randomUUID() };
        const id = nextId++;
        const frame = JSON.stringify({ id, method: "mutation", params: { path: "messages.send", input } });
        unanswered.set(id, { frame, resolve, reject });
        if (socket?.readyState === WebSocket.OPEN) socket.send(frame);
      }),
    cursor: () => cursor,
    stop: () => {
      stopped = true;
      clearTimeout(silence);
      socket?.close();
    },
  };
}
