/** A bare `ws` server whose sockets do nothing. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const http = createServer();
const server = new WebSocketServer({ server: http });
server.on("connection", (socket) => {
  socket.on("message", () => {});
});
http.listen(0, "127.0.0.1", () => {
  const { port } = http.address() as AddressInfo;
  console.log(JSON.stringify({ msg: "listening", url: `http://127.0.0.1:${port}` }));
});
process.on("SIGTERM", () => process.exit());
