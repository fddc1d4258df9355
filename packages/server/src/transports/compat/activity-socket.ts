import type { PresenceEvent } from "@causerie/shared";
import { activityClientFrame, type ActivityServerFrame } from "@causerie/shared/compat";
import { isoTime } from "../../lib/clock.ts";
import { rememberLast } from "../../lib/remember-last.ts";
import type { Connection } from "../../realtime/connection.ts";
import { textFrame } from "../../realtime/text-frame.ts";
import { checkFrame, serveCompatSocket, type CompatDeps } from "./compat-socket.ts";

/** Serves the seed's activity socket, `/users/ws/<jwt>`: who is online, and broadcasts. */
export function createActivitySocket(deps: CompatDeps) {
  const { presence, clock, rateLimits } = deps.services;
  const now = () => isoTime(clock.now());
  // An event goes to all sockets one after another: they share its frame.
  const encode = rememberLast((event: PresenceEvent) => {
    const frame = frameOf(event);
    return frame && textFrame(JSON.stringify(frame));
  });

  return function serve(connection: Connection, token: string): void {
    const send = (frame: ActivityServerFrame) => connection.send(JSON.stringify(frame));
    const sendActiveUsers = () =>
      send({ type: "active_users", users: presence.onlineUsers(), timestamp: now() });

    serveCompatSocket(deps, connection, {
      token,
      announce: true,
      open({ userId }) {
        sendActiveUsers();
        const unsubscribe = presence.subscribe(userId, (event, exceptSocket, key) => {
          const frame = exceptSocket === connection.id ? undefined : encode(event);
          if (frame) connection.sendEphemeral(key, frame, sendActiveUsers);
        });
        return {
          async onFrame(frame) {
            switch (checkFrame(activityClientFrame, frame).type) {
              case "ping":
                return send({ type: "pong", timestamp: now() });
              case "get_active_users":
                return sendActiveUsers();
              case "activity_update":
                // Everybody hears of it, so one user must not say it without end.
                await rateLimits.take("activity", `user:${userId}`);
                return presence.announce(userId, connection.id);
            }
          },
          onClose: unsubscribe,
        };
      },
    });
  };
}

function frameOf(event: PresenceEvent): ActivityServerFrame | undefined {
  switch (event.type) {
    case "presence.changed":
      return {
        type: "user_status",
        user_id: event.user_id,
        status: event.status,
        timestamp: event.timestamp,
      };
    case "broadcast":
      return {
        type: "broadcast",
        from_user: event.from_user,
        message: event.message,
        timestamp: event.timestamp,
      };
    case "presence.snapshot":
      return undefined;
  }
}
