/** Socket.IO doing what the bare loop does: an insert for each message, a room for each user. */
import { createServer } from "node:http";
import { Server } from "socket.io";
import { listen } from "../servers/listening.ts";
import { openMessageTable } from "../servers/message-table.ts";

const { DATABASE = ":memory:", SYNCHRONOUS = "NORMAL" } = process.env;
const store = openMessageTable(DATABASE, SYNCHRONOUS);
const server = createServer();
const io = new Server(server, { serveClient: false });
const room = (userId) => `user ${userId}`;

io.on("connection", (socket) => {
  let sender_id = 0;
  void socket.join("everybody");
  socket.on("user", (userId) => {
    sender_id = userId;
    void socket.join(room(userId));
    socket.emit("joined");
  });
  socket.on("send", (message) => {
    if (message.receiver_id === null) {
      const created_at = new Date().toISOString();
      io.to("everybody").emit("message", { ...message, type: "new_message", sender_id, created_at });
      return;
    }
    const stored = store({ ...message, sender_id });
    io.to([room(sender_id), room(message.receiver_id)]).emit("message", stored);
  });
});
listen(server);
