import { openTrpc } from "../stage/trpc-connection.ts";
import type { Writer, WriterOptions } from "./outbox.ts";
import { startSocketWriter } from "./socket-writer.ts";

/** Sends over `/trpc`. */
export function startTrpcWriter(options: WriterOptions): Writer {
  const { server, actor, thinkMs } = options;
  return startSocketWriter(options, async (outbox, more) => {
    const connection = await openTrpc(server.wsUrl, actor.token).catch(() => undefined);
    return (
      connection && {
        ...connection,
        send({ key, place, content }) {
          const input = { conversation_id: place.id, content, client_message_id: key };
          connection.call("messages.send", input, (result, refusal) => {
            if (refusal) outbox.refuse(key, refusal);
            else outbox.acknowledge(key, (result as { seq: number }).seq);
            // Refused, it does not ask again at once.
            setTimeout(more, refusal ? Math.max(thinkMs, 20) : thinkMs);
          });
        },
      }
    );
  });
}
