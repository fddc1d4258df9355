import { openRawSocket, type RawSocket, type RawSocketOptions } from "./raw-socket.ts";

/** The id of the request that subscribes; calls take greater ones. */
export const subscriptionId = 1;

export interface TrpcSocketOptions extends Omit<RawSocketOptions, "path"> {
  /** Causerie's socket wants one; the bare adapter knows nobody. */
  readonly token?: string | undefined;
  /** Where the stream goes on. */
  readonly cursor?: string | undefined;
  readonly path?: string;
}

/** Opens a socket that speaks tRPC's protocol and says who calls. */
export async function openTrpcSocket({
  token,
  path = "/trpc",
  ...options
}: TrpcSocketOptions): Promise<RawSocket> {
  const socket = await openRawSocket({
    ...options,
    heartbeat: { asked: "PING", answer: "PONG" },
    path: token === undefined ? path : `${path}?connectionParams=1`,
  });
  if (token !== undefined) socket.send(JSON.stringify({ method: "connectionParams", data: { token } }));
  return socket;
}

/** Opens a socket and waits until its stream of events runs. */
export async function openEventStream(options: TrpcSocketOptions): Promise<RawSocket> {
  const socket = await openTrpcSocket(options);
  subscribe(socket, options.cursor);
  await socket.next((text) => text.includes('"started"'));
  return socket;
}

/** Starts `events.stream`. */
export function subscribe(socket: RawSocket, cursor?: string): void {
  const input = cursor === undefined ? {} : { lastEventId: cursor };
  const params = { path: "events.stream", input };
  socket.send(JSON.stringify({ id: subscriptionId, method: "subscription", params }));
}

/** A call, as a frame of the protocol. */
export function callOf(id: number, method: "mutation" | "query", path: string, input: unknown): string {
  return JSON.stringify({ id, method, params: { path, input } });
}

const cursorIn = /"id":"([^"]+:\d+)"/;

/** The cursor of the newest event there is. */
export async function headOf(port: number, token: string | undefined): Promise<string> {
  const socket = await openEventStream({ port, token });
  const cursor = cursorIn.exec(await socket.next((text) => cursorIn.test(text)))?.[1] ?? "";
  socket.close();
  return cursor;
}
