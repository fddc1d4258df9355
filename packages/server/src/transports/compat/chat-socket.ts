import type { Message, StoredEvent } from "@causerie/shared";
import { chatClientFrame, type ChatServerFrame } from "@causerie/shared/compat";
import { isoTime } from "../../lib/clock.ts";
import { rememberLast } from "../../lib/remember-last.ts";
import type { Connection } from "../../realtime/connection.ts";
import type { DeliveryStats } from "../../realtime/delivery-stats.ts";
import type { Hub } from "../../realtime/hub.ts";
import { textFrame } from "../../realtime/text-frame.ts";
import { checkFrame, serveCompatSocket, type CompatDeps } from "./compat-socket.ts";

export interface ChatSocketDeps extends CompatDeps {
  readonly hub: Hub;
  readonly stats: DeliveryStats;
  /** The public conversation that these clients know. */
  readonly lobbyId: number;
}

/** Serves the seed's chat socket, `/messages/ws?token=`: sends, and live messages. */
export function createChatSocket(deps: ChatSocketDeps) {
  const { messages, rateLimits, clock } = deps.services;
  const encode = createEncoder(deps.lobbyId);

  return function serve(connection: Connection, token: string): void {
    const send = (frame: ChatServerFrame) => connection.send(JSON.stringify(frame));

    serveCompatSocket(deps, connection, {
      token,
      announce: false,
      open({ userId }) {
        const detach = deps.hub.attach(userId, ({ event }) => {
          const encoded = encode(event);
          if (encoded === undefined) return;
          connection.sendFrame(encoded);
          deps.stats.deliveries += 1;
        });
        return {
          async onFrame(input, turn) {
            const frame = checkFrame(chatClientFrame, input);
            if (frame.type === "ping") {
              send({ type: "pong", timestamp: isoTime(clock.now()) });
              return;
            }
            await rateLimits.take("send", `user:${userId}`);
            await turn.pass();
            connection.requireSession();
            const sent = await messages.send(userId, frame);
            // The message itself comes with the events; of a retry nobody else hears.
            if (!sent.duplicate) return;
            await deps.hub.caughtUp();
            send({ ...newMessage(sent), duplicate: true });
          },
          onClose: detach,
        };
      },
    });
  };
}

function newMessage(message: Message) {
  const { id, content, sender_id, receiver_id, created_at, client_message_id } = message;
  return {
    type: "new_message" as const,
    id,
    content,
    sender_id,
    receiver_id,
    created_at,
    ...(client_message_id === null ? {} : { client_message_id }),
  };
}

function frameOf(event: StoredEvent): ChatServerFrame | undefined {
  switch (event.type) {
    case "message.created":
      return newMessage(event.message);
    case "message.updated": {
      const { id, content, sender_id, receiver_id, created_at, updated_at } = event.message;
      return {
        type: "message_updated",
        id,
        content,
        sender_id,
        receiver_id,
        updated_at: updated_at ?? created_at,
      };
    }
    case "message.deleted": {
      const { id, sender_id, receiver_id } = event.message;
      return { type: "message_deleted", id, sender_id, receiver_id };
    }
    default:
      return undefined;
  }
}

/**
 * Makes the frame of an event once for all the sockets it goes to. These clients know direct
 * messages and those of the lobby, and would take any other for public.
 */
function createEncoder(lobbyId: number): (event: StoredEvent) => Buffer | undefined {
  const isKnown = (event: StoredEvent) =>
    "message" in event && (event.message.receiver_id !== null || event.message.conversation_id === lobbyId);
  return rememberLast((event) => {
    const frame = isKnown(event) ? frameOf(event) : undefined;
    return frame && textFrame(JSON.stringify(frame));
  });
}
