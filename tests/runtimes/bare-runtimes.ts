import { createContext, runInContext } from "node:vm";

/** A runtime that is not run here: what its bundlers look for in a package, and which globals it has. */
export interface BareRuntime {
  readonly name: string;
  readonly conditions: readonly string[];
  /** Beside those of the language. Whatever is not named is missing: pages, files, storage, channels and locks. */
  readonly globals: readonly string[];
}

const everywhere = [
  ...["fetch", "Headers", "Request", "Response", "FormData", "URL", "URLSearchParams", "TextEncoder"],
  ...["AbortController", "AbortSignal", "queueMicrotask", "console", "performance"],
  ...["setTimeout", "clearTimeout", "setInterval", "clearInterval"],
];
const atTheEdge = [
  ...["TextDecoder", "ReadableStream", "TransformStream", "WritableStream", "crypto", "structuredClone"],
  ...["Event", "EventTarget", "DOMException", "atob", "btoa"],
];

export const bareRuntimes: readonly BareRuntime[] = [
  { name: "React Native", conditions: ["react-native"], globals: [...everywhere, "WebSocket"] },
  {
    name: "Cloudflare Workers",
    conditions: ["workerd", "worker", "browser"],
    globals: [...everywhere, ...atTheEdge, "WebSocket"],
  },
  {
    name: "Vercel's edge runtime",
    conditions: ["edge-light", "worker", "browser"],
    globals: [...everywhere, ...atTheEdge],
  },
];

/** What may be called in a request, but not while a module is loaded: some runtimes refuse it there. */
const onlyInRequests = ["fetch", "setTimeout", "setInterval", "WebSocket", "queueMicrotask"];

/** Loads a script where there is only what the runtime has, and returns the global that it makes. */
export function loadIn({ globals }: BareRuntime, script: string, global: string): unknown {
  let isLoading = true;
  const guarded = (name: string, value: unknown) =>
    typeof value === "function" && onlyInRequests.includes(name)
      ? new Proxy(value, {
          apply: (...call) => (refuse(name), Reflect.apply(...(call as Parameters<typeof Reflect.apply>))),
          construct: (...call) => (
            refuse(name),
            Reflect.construct(...(call as Parameters<typeof Reflect.construct>))
          ),
        })
      : value;
  const refuse = (name: string) => {
    if (isLoading) throw new Error(`${name} is used while the module is loaded`);
  };
  const own = globalThis as unknown as Readonly<Record<string, unknown>>;
  const entries = globals.map((name) => [name, guarded(name, own[name])] as const);
  const strings = { strings: false, wasm: false };
  const context = createContext(Object.fromEntries(entries), { codeGeneration: strings });
  runInContext("globalThis.self = globalThis", context);
  runInContext(script, context);
  isLoading = false;
  return runInContext(global, context);
}
