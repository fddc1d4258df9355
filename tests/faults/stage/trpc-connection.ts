import { once } from "node:events";
import { WebSocket } from "ws";

/** The error that a call was answered with. */
export interface Refusal {
  readonly message: string;
  readonly code: string;
  readonly status: number;
}

/** What a subscription sends, with the cursor it bears. */
export interface Item {
  readonly id: string;
  readonly data: { readonly type: string } & Readonly<Record<string, unknown>>;
}

/** A `/trpc` socket that speaks raw frames and, unlike a client, stays closed. */
export interface TrpcConnection {
  readonly socket: WebSocket;
  /** Settles with the close code. */
  readonly closed: Promise<number>;
  /** Sends a mutation at once; `onResult` gets its outcome, or nothing when the socket closes first. */
  call(path: string, input: unknown, onResult: (result: unknown, refusal?: Refusal) => void): void;
  /** Sends the start of a subscription. */
  subscribe(path: string, input: unknown, onItem: (item: Item) => void): void;
}

interface Frame {
  readonly id?: number;
  readonly result?: { readonly type?: string; readonly data?: unknown };
  readonly error?: { readonly message: string; readonly data?: { code?: string; httpStatus?: number } };
}

/** Opens one and says whose it is. Rejects when it cannot be opened. */
export async function openTrpc(wsUrl: string, token: string, withinMs = 5_000): Promise<TrpcConnection> {
  const socket = new WebSocket(`${wsUrl}/trpc?connectionParams=1`, { handshakeTimeout: withinMs });
  // Not with `once`, which takes an error for a failure: here it is followed by the close.
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  const handlers = new Map<number, (frame: Frame) => void>();
  let last = 0;

  socket.on("message", (bytes) => {
    const frame = JSON.parse(String(bytes)) as Frame;
    if (frame.id !== undefined) handlers.get(frame.id)?.(frame);
  });
  const opened = once(socket, "open");
  socket.on("error", () => socket.terminate());
  await opened;
  socket.send(JSON.stringify({ method: "connectionParams", data: { token } }));

  function ask(method: string, path: string, input: unknown, handler: (frame: Frame) => void): void {
    last += 1;
    handlers.set(last, handler);
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ id: last, method, params: { path, input } }));
    }
  }

  return {
    socket,
    closed,
    call(path, input, onResult) {
      ask("mutation", path, input, ({ id, result, error }) => {
        handlers.delete(id as number);
        if (!error) return onResult(result?.data);
        const { code = "?", httpStatus = 0 } = error.data ?? {};
        onResult(undefined, { message: error.message, code, status: httpStatus });
      });
    },
    subscribe(path, input, onItem) {
      ask("subscription", path, input, ({ result, error }) => {
        if (result?.type === "data") onItem(result.data as Item);
        // A stream that ends while its socket lives goes on, like one that is cut, after a reconnect.
        else if (error || result?.type === "stopped") socket.terminate();
      });
    },
  };
}
