import type { Clock } from "../platform/clock.ts";
import { byteLength, callTimeoutMs, mostBytes, tooLarge } from "./wire-limits.ts";

export interface CallFetchDeps {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

/** The part of an answer that calls read. */
export interface CallResponse {
  readonly ok: boolean;
  readonly status: number;
  json(): Promise<unknown>;
}

/** A `fetch` for calls: it sends nothing that is too large, gives up in time, and follows no redirect. */
export function createCallFetch({ fetch, clock }: CallFetchDeps) {
  return async (url: RequestInfo | URL, init?: object): Promise<CallResponse> => {
    const { body, signal }: RequestInit = init ?? {};
    if (typeof body === "string" && byteLength(body) > mostBytes) throw tooLarge();
    const leave = new AbortController();
    const abort = () => leave.abort();
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    const cancel = clock.after(callTimeoutMs, abort);
    try {
      // A redirect may lead to where the token must not go.
      const response = await fetch(url, { ...init, signal: leave.signal, redirect: "error" });
      const text = await response.text();
      const { ok, status } = response;
      return { ok, status, json: async () => JSON.parse(text) as unknown };
    } finally {
      cancel();
      signal?.removeEventListener("abort", abort);
    }
  };
}
