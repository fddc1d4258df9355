import type { Channel } from "./platform.ts";

/** Opens the channel of this name between the tabs of one origin; where there is none, one that nobody else is on. */
export function openChannel(name: string): Channel {
  const { BroadcastChannel } = globalThis as {
    readonly BroadcastChannel?: typeof globalThis.BroadcastChannel;
  };
  if (!BroadcastChannel) return { post() {}, onMessage: () => () => {}, close() {} };

  const channel: BroadcastChannel & { unref?(): void } = new BroadcastChannel(name);
  let isOpen = true;
  // In Node and Bun it would keep a program running that has nothing else to do, as it does in Deno.
  channel.unref?.();
  return {
    post(message) {
      // What is still under way when the client is closed has something to tell to nobody.
      if (isOpen) channel.postMessage(message);
    },
    onMessage(listener) {
      const hear = (event: MessageEvent) => listener(event.data);
      channel.addEventListener("message", hear);
      return () => channel.removeEventListener("message", hear);
    },
    close() {
      isOpen = false;
      channel.close();
    },
  };
}
