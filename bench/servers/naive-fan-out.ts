/** A bare `ws` loop: what one sends, as one prepared buffer, goes to everybody else. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";

const subscribers = new Set<WebSocket>();
const http = createServer();
const server = new WebSocketServer({ server: http });
server.on("connection", (socket, request) => {
  if (request.url === "/speaker") {
    socket.on("message", (data: Buffer) => {
      for (const subscriber of subscribers) subscriber.send(data, { binary: false });
    });
    return;
  }
  subscribers.add(socket);
  socket.on("close", () => subscribers.delete(socket));
});
http.listen(0, "127.0.0.1", () => {
  const { port } = http.address() as AddressInfo;
  console.log(JSON.stringify({ msg: "listening", url: `http://127.0.0.1:${port}` }));
});
process.on("SIGTERM", () => process.exit());
