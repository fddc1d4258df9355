import type { WatchEvent } from "@causerie/shared";
import { createLiveStream, type LiveStream } from "../../realtime/live-stream.ts";
import type { TypingService } from "../typing/index.ts";
import type { PresenceService } from "./presence.service.ts";

export interface WatchStreamOptions {
  readonly presence: Pick<PresenceService, "watch">;
  readonly typing: Pick<TypingService, "listen">;
  readonly userId: number;
  readonly userIds: readonly number[];
  readonly conversationIds: readonly number[];
  readonly now: () => string;
}

/**
 * What holds now, then what changes: the presence of the watched users, who types in the watched
 * conversations, and broadcasts. A reader that fell behind is told again what holds.
 */
export function watchStream(options: WatchStreamOptions): LiveStream<WatchEvent> {
  const { presence, typing, userId, userIds, conversationIds, now } = options;
  return createLiveStream((sink) => {
    let isStopped = false;
    let deafen = () => {};
    begin();
    return stop;

    function stop(): void {
      isStopped = true;
      deafen();
    }

    function begin(): void {
      deafen();
      tellAll().catch((error: unknown) => {
        if (isStopped) return;
        stop();
        sink.end(error);
      });
    }

    async function tellAll(): Promise<void> {
      let isTold = false;
      const hear = (event: WatchEvent, key: string) => {
        // What is heard before is part of what is told.
        if (isTold) sink.sendEphemeral(key, event, begin);
      };
      const hearing = await typing.listen(userId, conversationIds, hear);
      if (isStopped) return hearing.stop();
      const watching = presence.watch(userId, userIds, hear);
      deafen = () => {
        watching.stop();
        hearing.stop();
      };
      sink.send({
        type: "presence.states",
        users: watching.states,
        conversation_ids: hearing.conversationIds,
        timestamp: now(),
      });
      for (const event of hearing.typing()) sink.send(event);
      isTold = true;
    }
  });
}
