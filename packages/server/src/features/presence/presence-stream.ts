import type { PresenceEvent } from "@causerie/shared";
import { createLiveStream, type LiveStream } from "../../realtime/live-stream.ts";
import type { PresenceService } from "./presence.service.ts";

export interface PresenceStreamOptions {
  readonly presence: Pick<PresenceService, "subscribe" | "onlineUsers">;
  readonly userId: number;
  readonly now: () => string;
}

/** Who is online now, then every change and broadcast. A reader that fell behind gets a new snapshot. */
export function presenceStream(options: PresenceStreamOptions): LiveStream<PresenceEvent> {
  const { presence, userId, now } = options;
  return createLiveStream((sink) => {
    const tellAll = () =>
      void sink.send({ type: "presence.snapshot", user_ids: presence.onlineUsers(), timestamp: now() });
    tellAll();
    return presence.subscribe(userId, (event, _socket, key) => sink.sendEphemeral(key, event, tellAll));
  });
}
