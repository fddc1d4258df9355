import { networkError, type HttpExchange } from "./http-exchange.ts";
import type { Lane } from "./lane.ts";
import type { Passage } from "./passage.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** A stream of server-sent events whose events go through `lane`, one by one. */
export function createFaultyStream(body: Bytes, passage: Passage, lane: Lane, exchange: HttpExchange): Bytes {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      let isOver = false;
      function end(finish: () => void): void {
        if (isOver) return;
        isOver = true;
        finish();
      }
      function arrive(text: string): void {
        if (!isOver) controller.enqueue(encoder.encode(text));
      }
      exchange.broken.catch((reason: unknown) => end(() => controller.error(reason)));

      void (async () => {
        try {
          for await (const event of eventsOf(body)) {
            lane.push({ ...passage, text: event }, ({ drop, cut, copies }) => {
              // A connection does not break between events only.
              if (cut) arrive(event.slice(0, event.length / 2));
              if (cut) exchange.end(networkError("the stream was cut."));
              else if (!drop) arrive(event.repeat(copies));
            });
          }
          lane.follow(passage, () => {
            exchange.done();
            end(() => controller.close());
          });
        } catch (error) {
          exchange.end(error);
        }
      })();
    },
    cancel: (reason) => exchange.end(reason),
  });
}

/** Each event with the empty line behind it. */
async function* eventsOf(body: Bytes): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (text + value).split(/(?<=\n\r?\n)/);
    const rest = parts.pop() ?? "";
    text = /\n\r?\n$/.test(rest) ? "" : rest;
    yield* parts;
    if (text === "" && rest !== "") yield rest;
  }
}

/** A body that breaks off in the middle. */
export function halfBody(text: string): Bytes {
  const bytes = new TextEncoder().encode(text);
  let isSent = false;
  return new ReadableStream({
    pull(controller) {
      if (isSent) return controller.error(networkError("the answer was cut."));
      isSent = true;
      controller.enqueue(bytes.slice(0, bytes.length / 2));
    },
  });
}
