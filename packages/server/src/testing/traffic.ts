import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Counts the connections to a server and the bytes on them: the same number twice means that nothing moved. */
export function countTraffic(http: Server): () => number {
  const open = new Set<Socket>();
  let past = 0;
  const bytesOf = ({ bytesRead, bytesWritten }: Socket) => bytesRead + bytesWritten;
  http.on("connection", (socket: Socket) => {
    past += 1;
    open.add(socket);
    socket.once("close", () => {
      past += 1 + bytesOf(socket);
      open.delete(socket);
    });
  });
  return () => [...open].reduce((sum, socket) => sum + bytesOf(socket), past);
}
