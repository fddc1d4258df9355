import { eventOf, openEngineIoSocket } from "./engine-io-socket.ts";
import { openRawSocket, type RawSocket } from "./raw-socket.ts";
import type { ServerUnderTest } from "./server-under-test.ts";

/** A socket at the bare loop, which believes who one says one is. */
export function openBareSocket(
  { port }: ServerUnderTest,
  userId: number,
  localAddress?: string,
): Promise<RawSocket> {
  return openRawSocket({ port, path: `/?user=${userId}`, localAddress });
}

/** A socket at the Socket.IO server, in the rooms of its user. */
export async function openSocketIoSocket(
  { port }: ServerUnderTest,
  userId: number,
  localAddress?: string,
): Promise<RawSocket> {
  const socket = await openEngineIoSocket({ port, localAddress });
  socket.send(eventOf(["user", userId]));
  await socket.next((text) => text.includes('"joined"'));
  return socket;
}
