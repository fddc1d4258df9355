import { openRawSocket, type RawSocket, type RawSocketOptions } from "./raw-socket.ts";

/** Opens a socket that speaks Socket.IO's protocol, over WebSocket from the start, and joins. */
export async function openEngineIoSocket(options: Omit<RawSocketOptions, "path">): Promise<RawSocket> {
  const socket = await openRawSocket({
    ...options,
    path: "/socket.io/?EIO=4&transport=websocket",
    heartbeat: { asked: "2", answer: "3" },
  });
  socket.send("40");
  await socket.next((text) => text.startsWith("40"));
  return socket;
}

/** An event, as a frame of the protocol; with an id it is acknowledged. */
export function eventOf(args: readonly unknown[], ackId?: number): string {
  return `42${ackId ?? ""}${JSON.stringify(args)}`;
}
