import { setTimeout as pause } from "node:timers/promises";
import { callApi, type Answer } from "../stage/api.ts";
import type { Writer, WriterOptions } from "./outbox.ts";
import { runWriter } from "./run-writer.ts";

/** Sends over REST, one after the other, with an `Idempotency-Key`. */
export function startRestWriter(options: WriterOptions): Writer {
  const { server, actor, thinkMs } = options;
  return runWriter(options, async ({ outbox }) => {
    const { key, place, content } = outbox.pending[0] ?? outbox.next();
    const answer = await callApi(server.url, actor.token, "POST", "/messages/", {
      json: { conversation_id: place.id, content },
      headers: { "idempotency-key": key },
    }).catch(() => undefined);
    if (answer === undefined) {
      outbox.doubt();
      return false;
    }
    if (answer.status < 300) {
      outbox.acknowledge(key, (answer.body as { seq: number }).seq);
      await pause(thinkMs);
    } else {
      outbox.refuse(key, refusalOf(answer));
      await pause(20);
    }
    return true;
  });
}

function refusalOf({ status, body }: Answer) {
  const { code = "?", detail = "?" } = (body ?? {}) as { code?: string; detail?: unknown };
  return { status, code, message: String(detail) };
}
