/** A server-sent event. `id` is undefined when it brought none. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/**
 * Reads server-sent events out of a text that comes in pieces, cut anywhere. Returns what takes a piece.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseParser(onEvent: (event: SseEvent) => void): (piece: string) => void {
  let line = "";
  let endedInCr = false;
  let event = "message";
  let data: string[] = [];
  let id: string | undefined;

  function take(text: string): void {
    if (text === "") {
      if (data.length > 0) onEvent({ event, data: data.join("\n"), id });
      event = "message";
      data = [];
      id = undefined;
      return;
    }
    // A comment begins with the colon, and so has a field without a name.
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/s.exec(text) as unknown as [string, string, string?];
    if (field === "data") data.push(value);
    else if (field === "event") event = value || "message";
    else if (field === "id") id = value || undefined;
  }

  return (piece) => {
    if (piece === "") return;
    const lines = (endedInCr && piece.startsWith("\n") ? piece.slice(1) : piece).split(/\r\n|\n|\r/);
    endedInCr = piece.endsWith("\r");
    lines[0] = line + lines[0];
    line = lines.pop() as string;
    lines.forEach(take);
  };
}
