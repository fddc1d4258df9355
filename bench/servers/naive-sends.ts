/**
 * The naive back end: a bare `ws` loop that parses a message, inserts it, and sends it to both.
 * No accounts, no validation, no retries, no way to catch up. `SYNCHRONOUS` is how SQLite syncs.
 */
import SqliteDatabase from "better-sqlite3";
import type { AddressInfo } from "node:net";
import { createServer } from "node:http";
import { WebSocketServer, type WebSocket } from "ws";

const database = new SqliteDatabase(process.env["DATABASE"]);
database.pragma("journal_mode = wal");
database.pragma(`synchronous = ${process.env["SYNCHRONOUS"] ?? "full"}`);
database.exec(`
  create table messages (
    id integer primary key,
    sender_id integer not null,
    receiver_id integer not null,
    content text not null,
    client_message_id text,
    created_at integer not null
  );
  create index messages_receiver on messages (receiver_id);
`);
const insert = database.prepare<[number, number, string, string, number]>(
  "insert into messages (sender_id, receiver_id, content, client_message_id, created_at) values (?, ?, ?, ?, ?)",
);

const sockets = new Map<number, WebSocket>();
const http = createServer();
const server = new WebSocketServer({ server: http });
server.on("connection", (socket, request) => {
  const user = Number(new URL(request.url ?? "", "http://localhost").searchParams.get("user"));
  sockets.set(user, socket);
  socket.on("close", () => sockets.delete(user));
  socket.on("message", (data: Buffer) => {
    const { receiver_id, content, client_message_id } = JSON.parse(data.toString()) as {
      receiver_id: number;
      content: string;
      client_message_id: string;
    };
    const now = Date.now();
    const { lastInsertRowid } = insert.run(user, receiver_id, content, client_message_id, now);
    const frame = JSON.stringify({
      type: "new_message",
      id: Number(lastInsertRowid),
      content,
      sender_id: user,
      receiver_id,
      created_at: new Date(now).toISOString(),
      client_message_id,
    });
    socket.send(frame);
    sockets.get(receiver_id)?.send(frame);
  });
});
http.listen(0, "127.0.0.1", () => {
  const { port } = http.address() as AddressInfo;
  console.log(JSON.stringify({ msg: "listening", url: `http://127.0.0.1:${port}` }));
});
process.on("SIGTERM", () => process.exit());
