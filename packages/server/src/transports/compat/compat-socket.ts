import { compatCloseCodes } from "@causerie/shared";
import type { Principal } from "../../features/sessions/index.ts";
import type { PresenceHandle } from "../../features/presence/index.ts";
import { DomainError } from "../../lib/domain-error.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Connection, ConnectionCodes } from "../../realtime/connection.ts";
import { createLane, type Ticket } from "../../realtime/lane.ts";
import type { Services } from "../../rpc/context.ts";
import { inputError } from "../../rpc/input-error.ts";
import type { z } from "zod";

const tryAgainLater = 1013;

/** The seed's sockets know only 4000 and 4001; who asks too much of the server gets the standard 1013. */
export const compatCodes: ConnectionCodes = {
  sessionEnded: compatCloseCodes.badToken,
  accountDeleted: compatCloseCodes.badToken,
  tooSlow: tryAgainLater,
  tooMany: tryAgainLater,
  flooding: tryAgainLater,
};

/** What a seed socket does once it is known whose it is. */
export interface CompatSession {
  /**
   * Handles one frame that came in, already parsed from JSON. What it does after its turn has
   * come, it does in the order of the frames.
   */
  onFrame(frame: unknown, turn: Ticket): Promise<void> | void;
  onClose(): void;
}

export interface CompatDeps {
  readonly services: Services;
  readonly logger: Logger;
}

interface CompatSocketOptions {
  readonly token: string;
  /** Whether each such connection is announced to others, not only the user's first. */
  readonly announce: boolean;
  open(principal: Principal, presence: PresenceHandle): CompatSession;
}

/** What the two sockets share: the token, the end of the session, JSON frames and their errors. */
export function serveCompatSocket(
  { services, logger }: CompatDeps,
  connection: Connection,
  options: CompatSocketOptions,
) {
  const { socket } = connection;
  // Frames that arrive while the token is checked wait in the socket.
  socket.pause();
  void start().catch(fail);

  async function start(): Promise<void> {
    const principal = await services.sessions.authenticate(options.token);
    socket.resume();
    if (!connection.isOpen()) return;
    if (!principal) {
      connection.close(compatCloseCodes.badToken);
      return;
    }
    if (!connection.belongTo(principal.userId)) return;
    const stopWatching = services.liveSessions.watch(principal, connection.endSession);
    const presence = services.presence.join(principal.userId, connection.id, { announce: options.announce });
    const session = options.open(principal, presence);
    const lane = createLane();

    socket.on("message", (data, isBinary) => {
      if (!connection.isOpen()) return;
      presence.touch();
      const work = handle(session, isBinary ? undefined : String(data), lane.join());
      connection.attend(work);
      void services.inFlight.track(work).catch(fail);
    });
    connection.onSignOfLife(presence.renew);
    socket.on("close", () => {
      stopWatching();
      presence.leave();
      session.onClose();
    });
  }

  async function handle(session: CompatSession, text: string | undefined, turn: Ticket): Promise<void> {
    try {
      await session.onFrame(parseFrame(text), turn);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { message, retryAfterMs } = error;
      connection.send(JSON.stringify({ type: "error", message, ...retryAfter(retryAfterMs) }));
      if (error.code === "RATE_LIMITED") connection.countRefusal();
    } finally {
      turn.leave();
    }
  }

  function fail(error: unknown): void {
    logger.error({ err: error }, "a socket failed");
    connection.close(compatCloseCodes.failure);
  }
}

/** Beyond what the seed's clients read. */
function retryAfter(ms: number | undefined): { retry_after_ms?: number } {
  return ms === undefined ? {} : { retry_after_ms: Math.ceil(ms) };
}

function parseFrame(text: string | undefined): unknown {
  try {
    if (text !== undefined) return JSON.parse(text);
  } catch {
    // Answered below, like a binary frame.
  }
  throw new DomainError("BAD_REQUEST", { message: "A frame must be JSON text." });
}

/** Checks a frame against its schema; the sentence of the refusal names the field. */
export function checkFrame<Schema extends z.ZodType>(schema: Schema, frame: unknown): z.output<Schema> {
  const result = schema.safeParse(frame);
  if (result.success) return result.data;
  throw inputError(result.error);
}
