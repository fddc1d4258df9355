import { setTimeout as pause } from "node:timers/promises";
import { createProgress, type Reader, type ReaderOptions } from "./reader.ts";
import type { Item } from "../stage/trpc-connection.ts";

/** Follows `events.stream` as server-sent events, and resumes with `Last-Event-ID`. */
export function startSseReader(options: ReaderOptions): Reader {
  const { name, actor, server, history } = options;
  const progress = createProgress(options);
  const leave = new AbortController();

  async function follow(): Promise<void> {
    const response = await fetch(`${server.url}/trpc/events.stream`, {
      signal: leave.signal,
      headers: {
        accept: "text/event-stream",
        authorization: `Bearer ${actor.token}`,
        "last-event-id": progress.cursor(),
      },
    });
    let text = "";
    const decoder = new TextDecoder();
    const body = response.body?.getReader();
    for (;;) {
      const chunk = await body?.read();
      if (chunk?.value === undefined) return;
      text += decoder.decode(chunk.value, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) takeBlock(block);
    }
  }

  function takeBlock(block: string): void {
    const id = /^id: ?(.+)$/m.exec(block)?.[1];
    const data = /^data: ?(.+)$/m.exec(block)?.[1];
    if (id !== undefined && data !== undefined) progress.take({ id, data: JSON.parse(data) as Item["data"] });
  }

  async function run(): Promise<void> {
    while (!leave.signal.aborted) {
      // However it ends, it goes on from its cursor.
      await follow().catch(() => undefined);
      history.add({ kind: "closed", who: name, code: 0 });
      await pause(30);
    }
  }

  const running = run();
  async function stop(): Promise<void> {
    leave.abort();
    await running;
  }
  options.over.addEventListener("abort", () => void stop());

  return {
    name,
    person: options.person,
    newest: progress.newest,
    stop,
  };
}
