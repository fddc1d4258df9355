import { once } from "node:events";
import { WebSocket } from "ws";
import type { Writer, WriterOptions } from "./outbox.ts";
import { startSocketWriter } from "./socket-writer.ts";

interface ChatFrame {
  readonly type: string;
  readonly client_message_id?: string;
}

/**
 * Sends over the chat socket, to one place: the lobby, or a conversation of two. Its only
 * acknowledgement is the message itself. An error frame does not say which send failed, so after
 * one all that were under way stay unknown.
 */
export function startChatWriter(options: WriterOptions & { readonly receiver: number | null }): Writer {
  const { server, actor, thinkMs, receiver } = options;
  return startSocketWriter(options, async (outbox, more) => {
    const url = `${server.wsUrl}/messages/ws?token=${actor.token}`;
    const socket = new WebSocket(url, { handshakeTimeout: 5_000 });
    const closed = new Promise((resolve) => socket.on("close", resolve));
    const opened = once(socket, "open").then(
      () => true,
      () => false,
    );
    socket.on("error", () => socket.terminate());
    socket.on("message", (bytes) => {
      const { type, client_message_id: key } = JSON.parse(String(bytes)) as ChatFrame;
      if (type === "new_message" && key !== undefined) {
        outbox.acknowledge(key);
        setTimeout(more, thinkMs);
      } else if (type === "error") {
        outbox.doubt(true);
        setTimeout(() => socket.terminate(), 20);
      }
    });
    if (!(await opened)) return undefined;
    return {
      socket,
      closed,
      send({ key, content }) {
        const frame = { type: "send_message", receiver_id: receiver, content, client_message_id: key };
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
      },
    };
  });
}
