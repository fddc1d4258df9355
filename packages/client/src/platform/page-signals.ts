import type { Signal, Signals } from "./platform.ts";

type Listen = (type: string, listener: (event: { readonly type: string }) => void) => void;

interface Target {
  readonly addEventListener?: Listen;
  readonly removeEventListener?: Listen;
}

/** As much of a browser's globals as is used; elsewhere all of it is missing. */
export interface Page extends Target {
  readonly document?: Target & { readonly visibilityState: string };
}

const ofWindow: Readonly<Record<string, Signal>> = {
  focus: "shown",
  pageshow: "shown",
  pagehide: "frozen",
  online: "network_there",
  offline: "no_network",
};
const ofDocument: Readonly<Record<string, Signal>> = {
  freeze: "frozen",
  resume: "resumed",
  visibilitychange: "hidden",
};

/** What a browser says of its page and its network. It is listened to only while somebody wants to know. */
export function createPageSignals(page: Page = globalThis): Signals {
  const listeners = new Set<{ readonly hear: (signal: Signal) => void }>();

  function hear({ type }: { readonly type: string }): void {
    const isVisible = type === "visibilitychange" && page.document?.visibilityState === "visible";
    const signal = isVisible ? "shown" : (ofWindow[type] ?? ofDocument[type]);
    if (signal) for (const listener of [...listeners]) listener.hear(signal);
  }

  function each(method: "addEventListener" | "removeEventListener"): void {
    for (const type in ofWindow) page[method]?.(type, hear);
    for (const type in ofDocument) page.document?.[method]?.(type, hear);
  }

  return {
    on(listener) {
      const entry = { hear: listener };
      if (listeners.size === 0) each("addEventListener");
      listeners.add(entry);
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) each("removeEventListener");
      };
    },
  };
}
