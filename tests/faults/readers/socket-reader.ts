import { setTimeout as pause } from "node:timers/promises";
import { openTrpc, type TrpcConnection } from "../stage/trpc-connection.ts";
import { createProgress, type Reader, type ReaderOptions } from "./reader.ts";

/** A reader whose socket can be handled roughly. */
export interface SocketReader extends Reader {
  /** Breaks its connection, after which it comes back by itself. */
  cut(): void;
  /** Stops taking anything from its connection. */
  pauseReading(): void;
  /** Takes what waits, and goes on. */
  resumeReading(): void;
}

/** Follows `events.stream` over `/trpc`, and resumes with `lastEventId`. */
export function startSocketReader(options: ReaderOptions): SocketReader {
  const { name, actor, server, history } = options;
  const progress = createProgress(options);
  let stopped = false;
  let connection: TrpcConnection | undefined;

  async function run(): Promise<void> {
    while (!stopped) {
      connection = await openTrpc(server.wsUrl, actor.token).catch(() => undefined);
      if (!connection) {
        await pause(30);
        continue;
      }
      connection.subscribe("events.stream", { lastEventId: progress.cursor() }, progress.take);
      if (stopped) connection.socket.terminate();
      const code = await connection.closed;
      history.add({ kind: "closed", who: name, code });
      if (!stopped) await pause(10);
    }
  }

  const running = run();
  async function stop(): Promise<void> {
    stopped = true;
    connection?.socket.resume();
    connection?.socket.terminate();
    await running;
  }
  options.over.addEventListener("abort", () => void stop());

  return {
    name,
    person: options.person,
    newest: progress.newest,
    cut: () => connection?.socket.terminate(),
    pauseReading: () => connection?.socket.pause(),
    resumeReading: () => connection?.socket.resume(),
    stop,
  };
}
