/** What the frames of one socket are about. */
export interface FramePaths {
  /** The procedures that a frame to the server calls. */
  sent(frame: string): readonly string[];
  /** The procedures that a frame from the server answers. */
  received(frame: string): readonly string[];
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly path?: string };
}

/** Answers name the id of their call only, so that has to be remembered. */
export function createFramePaths(): FramePaths {
  const underWay = new Map<unknown, { readonly path: string; readonly isCall: boolean }>();
  return {
    sent(frame) {
      const paths: string[] = [];
      for (const { id, method, params } of messagesIn(frame)) {
        if (params?.path === undefined) continue;
        underWay.set(id, { path: params.path, isCall: method !== "subscription" });
        paths.push(params.path);
      }
      return paths;
    },
    received(frame) {
      return messagesIn(frame).flatMap(({ id }) => {
        const request = underWay.get(id);
        if (request?.isCall) underWay.delete(id);
        return request ? [request.path] : [];
      });
    },
  };
}

/** One message or several; none in `PING`, `PONG` and the like. */
function messagesIn(frame: string): readonly Message[] {
  if (!/^[[{]/.test(frame)) return [];
  return [JSON.parse(frame) as Message | Message[]].flat();
}
