import { createHttpCalls } from "../../packages/client/src/connection/http-calls.ts";
import type { Link, Loss } from "../../packages/client/src/connection/link.ts";
import { createSseLinkOpener } from "../../packages/client/src/connection/sse-link.ts";
import { createWsLinkOpener } from "../../packages/client/src/connection/ws-link.ts";
import { systemPlatform } from "../../packages/client/src/platform/system-platform.ts";

// What runs in a page of a browser: it is bundled, and a test drives it.

const platform = systemPlatform();
const { clock, fetch } = platform;
const signals: string[] = [];
const messages: unknown[] = [];
platform.signals.on((signal) => signals.push(signal));
const channel = platform.openChannel("test");
channel.onMessage((message) => messages.push(message));

/** Opens a link of a kind, follows the events, and sends a message over it. */
async function tryLink(kind: "websocket" | "sse", url: string, token: string) {
  const events: { readonly type: string; readonly message?: { readonly content: string } }[] = [];
  const losses: Loss[] = [];
  const ends: unknown[] = [];
  const call = createHttpCalls({ url: `${url}/trpc`, token: async () => token, fetch, clock });
  const openLink =
    kind === "sse"
      ? createSseLinkOpener({ url: `${url}/trpc`, fetch, call })
      : createWsLinkOpener({ url: `${url.replace("http", "ws")}/trpc`, WebSocket, clock });
  const options = { token, onAlive() {}, onLost: (loss: Loss) => losses.push(loss) };
  const link: Link = await openLink(options, new AbortController().signal);
  link.subscribe(
    { type: "subscription", path: "events.stream", input: {} },
    {
      onStarted() {},
      onItem: (item) => events.push(item as (typeof events)[number]),
      onEnd: (error) => ends.push(error?.code),
    },
  );
  const until = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return {
    async send(content: string) {
      await until(() => events.length > 0 || losses.length > 0);
      await link.call({ type: "mutation", path: "messages.send", input: { receiver_id: null, content } });
      await until(() => events.some(({ message }) => message?.content === content));
    },
    async lost() {
      await until(() => losses.length > 0);
      return losses.map(({ transport, code, status, error }) => ({
        transport,
        code,
        status,
        error: error.code,
      }));
    },
    async ended() {
      await until(() => ends.length > 0);
      return ends;
    },
    cut: () => link.close("cut"),
  };
}

const tools = { tryLink, signals, messages, post: channel.post, locks: platform.locks };
export type PageTools = typeof tools;
Object.assign(globalThis, { tools });
