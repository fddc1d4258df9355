import { openFrames, type FrameSocket } from "./frames.ts";

/** A `/trpc` socket without a client on it: it stays closed when it is closed. */
export async function openTrpcFrames(
  server: { readonly wsUrl: string },
  token?: string,
): Promise<FrameSocket> {
  const socket = await openFrames(`${server.wsUrl}/trpc?connectionParams=1`);
  if (token !== undefined) socket.send({ method: "connectionParams", data: { token } });
  return socket;
}

/** Starts `events.stream` on it and waits until it runs. */
export async function followEvents(socket: FrameSocket): Promise<FrameSocket> {
  socket.send({ id: 1, method: "subscription", params: { path: "events.stream", input: {} } });
  await socket.next((frame) => (frame["result"] as { type?: string } | undefined)?.type === "data");
  return socket;
}
