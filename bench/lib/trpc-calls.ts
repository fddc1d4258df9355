import type { RawSocket } from "./raw-socket.ts";
import { callOf } from "./trpc-socket.ts";

/** Makes calls on a socket and waits for their answers, whose text it gives; fails where one is refused. */
export function createCalls(socket: RawSocket) {
  let count = 0;
  const waiting = new Map<number, (text: string) => void>();
  socket.onText((payload) => {
    const text = payload.toString();
    const id = Number(/^\{"id":(\d+)/.exec(text)?.[1]);
    waiting.get(id)?.(text);
    waiting.delete(id);
  });

  return async function call(method: "mutation" | "query", path: string, input: unknown): Promise<string> {
    count += 1;
    const id = count;
    const answer = new Promise<string>((answered) => waiting.set(id, answered));
    socket.send(callOf(id, method, path, input));
    const text = await answer;
    if (!text.includes('"result"')) throw new Error(`${path} failed: ${text.slice(0, 300)}`);
    return text;
  };
}
