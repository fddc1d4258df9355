import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { createOutbox, drainMs, type Writer, type WriterOptions } from "./outbox.ts";

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
  const { server, actor, inFlight, thinkMs, receiver, random } = options;
  const outbox = createOutbox(options);
  let stopAt = Infinity;
  const stopping = () => stopAt < Infinity;

  async function serve(socket: WebSocket): Promise<void> {
    const send = ({ key, content }: { key: string; content: string }) => {
      const frame = { type: "send_message", receiver_id: receiver, content, client_message_id: key };
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    };
    const fill = () => {
      if (socket.readyState !== WebSocket.OPEN) return;
      while (!stopping() && outbox.pending.length < inFlight) send(outbox.next());
      if (stopping() && outbox.pending.length === 0) socket.close();
    };
    socket.on("message", (bytes) => {
      const { type, client_message_id: key } = JSON.parse(String(bytes)) as ChatFrame;
      if (type === "new_message" && key !== undefined) {
        outbox.acknowledge(key);
        setTimeout(fill, thinkMs);
      } else if (type === "error") {
        outbox.doubt(true);
        setTimeout(() => socket.terminate(), 20);
      }
    });
    const closed = new Promise((resolve) => socket.on("close", resolve));
    outbox.pending.forEach(send);
    fill();
    const tick = setInterval(() => {
      if (performance.now() > stopAt) socket.terminate();
      fill();
    }, 50);
    await closed;
    clearInterval(tick);
    outbox.doubt();
  }

  async function run(): Promise<void> {
    while (!stopping() || outbox.pending.length > 0) {
      if (performance.now() > stopAt)
        throw new Error(`${options.name} never learnt of ${outbox.pending.length} sends.`);
      const socket = new WebSocket(`${server.wsUrl}/messages/ws?token=${actor.token}`, {
        handshakeTimeout: 5_000,
      });
      const opened = once(socket, "open").then(
        () => true,
        () => false,
      );
      socket.on("error", () => socket.terminate());
      if (await opened) await serve(socket);
      else await pause(20 + random.below(60));
    }
  }

  const running = run();
  // Who stops it hears of a failure.
  running.catch(() => undefined);
  options.over.addEventListener("abort", () => (stopAt = 0));
  return {
    stop() {
      stopAt = performance.now() + drainMs;
      return running;
    },
  };
}
