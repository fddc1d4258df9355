/**
 * What one writes first: a loop over `ws`. A message to somebody is parsed, stored with an insert
 * of its own and sent to both; one to everybody is made once and sent to each. No accounts, no checks.
 */
import { createServer } from "node:http";
import { WebSocketServer, type WebSocket } from "ws";
import { listen } from "./listening.ts";
import { openMessageTable, type NewMessage } from "./message-table.ts";

const { DATABASE = ":memory:", SYNCHRONOUS = "NORMAL" } = process.env;
const store = openMessageTable(DATABASE, SYNCHRONOUS);
const server = createServer();
const sockets = new WebSocketServer({ server });
const users = new Map<number, WebSocket>();

sockets.on("connection", (socket, request) => {
  const sender_id = Number(new URL(request.url ?? "", "http://here").searchParams.get("user"));
  users.set(sender_id, socket);
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as Omit<NewMessage, "sender_id" | "receiver_id"> & {
      readonly receiver_id: number | null;
    };
    const { receiver_id } = message;
    if (receiver_id === null) {
      const text = { ...message, type: "new_message", sender_id, created_at: new Date().toISOString() };
      const frame = Buffer.from(JSON.stringify(text));
      for (const each of sockets.clients) each.send(frame, { binary: false });
      return;
    }
    const text = JSON.stringify(store({ ...message, sender_id, receiver_id }));
    socket.send(text);
    users.get(receiver_id)?.send(text);
  });
});
listen(server);
