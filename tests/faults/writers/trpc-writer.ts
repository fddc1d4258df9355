import { setTimeout as pause } from "node:timers/promises";
import { openTrpc, type TrpcConnection } from "../stage/trpc-connection.ts";
import { createOutbox, drainMs, type Send, type Writer, type WriterOptions } from "./outbox.ts";

/** Sends over one `/trpc` socket, several at a time without waiting for answers. */
export function startTrpcWriter(options: WriterOptions): Writer {
  const { server, actor, inFlight, thinkMs, random } = options;
  const outbox = createOutbox(options);
  let stopAt = Infinity;
  const stopping = () => stopAt < Infinity;

  function send(connection: TrpcConnection, { key, place, content }: Send, done: () => void): void {
    const input = { conversation_id: place.id, content, client_message_id: key };
    connection.call("messages.send", input, (result, refusal) => {
      if (refusal) outbox.refuse(key, refusal);
      else outbox.acknowledge(key, (result as { seq: number }).seq);
      // Refused, it does not ask again at once.
      setTimeout(done, refusal ? Math.max(thinkMs, 20) : thinkMs);
    });
  }

  async function serve(connection: TrpcConnection): Promise<void> {
    const more = () => {
      if (connection.socket.readyState !== connection.socket.OPEN) return;
      if (stopping() && outbox.pending.length === 0) connection.socket.close();
      else if (!stopping() && outbox.pending.length < inFlight) send(connection, outbox.next(), more);
    };
    // What nobody knows of goes again first, in its order.
    for (const again of outbox.pending) send(connection, again, more);
    while (!stopping() && outbox.pending.length < inFlight) send(connection, outbox.next(), more);
    const tick = setInterval(() => {
      // A socket that says nothing any more is given up.
      if (performance.now() > stopAt) connection.socket.terminate();
      more();
    }, 50);
    await connection.closed;
    clearInterval(tick);
    outbox.doubt();
  }

  async function run(): Promise<void> {
    while (!stopping() || outbox.pending.length > 0) {
      if (performance.now() > stopAt)
        throw new Error(`${options.name} never learnt of ${outbox.pending.length} sends.`);
      const connection = await openTrpc(server.wsUrl, actor.token).catch(() => undefined);
      if (connection) await serve(connection);
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
