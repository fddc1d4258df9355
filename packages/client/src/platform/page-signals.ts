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

/** What a browser says of its page and its network. */
export function createPageSignals(page: Page = globalThis): Signals {
  return {
    on(listener) {
      function hear({ type }: { readonly type: string }): void {
        const isVisible = type === "visibilitychange" && page.document?.visibilityState === "visible";
        const signal = isVisible ? "shown" : (ofWindow[type] ?? ofDocument[type]);
        if (signal) listener(signal);
      }
      function each(method: "addEventListener" | "removeEventListener"): void {
        for (const type in ofWindow) page[method]?.(type, hear);
        for (const type in ofDocument) page.document?.[method]?.(type, hear);
      }
      each("addEventListener");
      return () => each("removeEventListener");
    },
  };
}
