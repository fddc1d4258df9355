/** Something on its way through the network: a frame of a socket, a request, an answer, an event of a stream. */
export interface Passage {
  readonly kind: "frame" | "request" | "answer" | "event";
  readonly via: "websocket" | "http";
  readonly to: "server" | "client";
  /**
   * The procedures it is about, such as `messages.send`: those that are called, or that this answers. Of a
   * request outside of `/trpc` its path.
   */
  readonly paths: readonly string[];
  /** The frame, the body, or the event as it is sent. */
  readonly text: string;
  /** The HTTP method of a request or of what it answers. */
  readonly method?: string;
}

/** Which passages a fault is for: all of whom this is true. Nothing means every one. */
export type Where =
  | {
      readonly kind?: Passage["kind"];
      readonly via?: Passage["via"];
      readonly to?: Passage["to"];
      /** One of its `paths`. */
      readonly path?: string;
    }
  | ((passage: Passage) => boolean);

export function matches(passage: Passage, where: Where): boolean {
  if (typeof where === "function") return where(passage);
  const { kind = passage.kind, via = passage.via, to = passage.to, path = passage.paths[0] } = where;
  const isLike = passage.kind === kind && passage.via === via && passage.to === to;
  return isLike && (path === undefined || passage.paths.includes(path));
}
