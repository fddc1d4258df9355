import { setTimeout as pause } from "node:timers/promises";
import { callApi } from "../stage/api.ts";
import type { Item } from "../stage/trpc-connection.ts";
import { createProgress, type Reader, type ReaderOptions } from "./reader.ts";

/** A page of `GET /events`. */
interface Page {
  readonly events: readonly { readonly cursor: string; readonly event: Item["data"] }[];
  readonly cursor: string;
}

const pollMs = 100;

/** Asks `GET /events?cursor=` again and again. */
export function startRestReader(options: ReaderOptions): Reader {
  const { actor, server } = options;
  const progress = createProgress(options);
  let stopped = false;

  async function run(): Promise<void> {
    while (!stopped) {
      const path = `/events?cursor=${encodeURIComponent(progress.cursor())}`;
      const answer = await callApi(server.url, actor.token, "GET", path).catch(() => undefined);
      if (answer?.status === 200) {
        for (const { cursor, event } of (answer.body as Page).events)
          progress.take({ id: cursor, data: event });
      }
      await pause(pollMs);
    }
  }

  const running = run();
  async function stop(): Promise<void> {
    stopped = true;
    await running;
  }
  options.over.addEventListener("abort", () => void stop());

  return {
    name: options.name,
    person: options.person,
    newest: progress.newest,
    stop,
  };
}

/** Whether the server has `GET /events`. */
export async function hasRestEvents(url: string, token: string, cursor: string): Promise<boolean> {
  return (await callApi(url, token, "GET", `/events?cursor=${encodeURIComponent(cursor)}`)).status === 200;
}
