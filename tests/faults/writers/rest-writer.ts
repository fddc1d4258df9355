import { setTimeout as pause } from "node:timers/promises";
import { callApi, type Answer } from "../stage/api.ts";
import { createOutbox, drainMs, type Writer, type WriterOptions } from "./outbox.ts";

/** Sends over REST, one after the other, with an `Idempotency-Key`. */
export function startRestWriter(options: WriterOptions): Writer {
  const { server, actor, random, thinkMs } = options;
  const outbox = createOutbox(options);
  let stopAt = Infinity;
  const stopping = () => stopAt < Infinity;

  async function run(): Promise<void> {
    while (!stopping() || outbox.pending.length > 0) {
      if (performance.now() > stopAt) throw new Error(`${options.name} never learnt of its send.`);
      const { key, place, content } = outbox.pending[0] ?? outbox.next();
      const answer = await callApi(server.url, actor.token, "POST", "/messages/", {
        json: { conversation_id: place.id, content },
        headers: { "idempotency-key": key },
      }).catch(() => undefined);
      if (answer === undefined) {
        outbox.doubt();
        await pause(20 + random.below(60));
      } else if (answer.status < 300) {
        outbox.acknowledge(key, (answer.body as { seq: number }).seq);
        await pause(thinkMs);
      } else {
        outbox.refuse(key, refusalOf(answer));
        await pause(20);
      }
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

function refusalOf({ status, body }: Answer) {
  const { code = "?", detail = "?" } = (body ?? {}) as { code?: string; detail?: unknown };
  return { status, code, message: String(detail) };
}
