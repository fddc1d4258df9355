import { openRawSocket, type RawSocket, type RawSocketOptions } from "./raw-socket.ts";

export interface TrpcSocketOptions extends Omit<RawSocketOptions, "path"> {
  /** What the connection says of itself; null for a server that asks nothing. */
  readonly token: string | null;
  /** The path of the subscription. */
  readonly subscription?: string;
  readonly lastEventId?: string;
}

/** The request id of the one subscription of each socket. */
export const subscriptionId = 1;

/** Frames of the subscription start with this, answers to calls with ids from 2 billion do not. */
const ofSubscription = Buffer.from(`{"id":${subscriptionId},`);

/** Opens a tRPC socket, as the stock client does, with a subscription; resolves when that is started. */
export async function openTrpcSocket(options: TrpcSocketOptions): Promise<RawSocket> {
  const { token, subscription = "events.stream", lastEventId, ...where } = options;
  const path = token === null ? "/trpc" : "/trpc?connectionParams=1";
  const socket = await openRawSocket({ ...where, path });
  if (token !== null) socket.send(JSON.stringify({ method: "connectionParams", data: { token } }));
  const input = lastEventId === undefined ? undefined : { lastEventId };
  socket.send(
    JSON.stringify({
      id: subscriptionId,
      jsonrpc: "2.0",
      method: "subscription",
      params: { path: subscription, ...(input && { input, lastEventId }) },
    }),
  );
  const answer = await socket.next((text) => text.startsWith(ofSubscription.toString()));
  if (!answer.includes('"started"')) throw new Error(`The subscription did not start: ${answer}`);
  return socket;
}

/** Whether a frame belongs to the subscription. */
export function isOfSubscription(payload: Buffer): boolean {
  return payload.subarray(0, ofSubscription.length).equals(ofSubscription);
}
