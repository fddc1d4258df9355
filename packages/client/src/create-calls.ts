import { createHttpCalls } from "./connection/http-calls.ts";
import { endpointsOf } from "./endpoints.ts";
import { systemClock } from "./platform/clock.ts";
import { systemFetch } from "./platform/system-fetch.ts";
import type { Platform } from "./platform/platform.ts";
import { createCallsOver, type Calls } from "./resources/create-calls.ts";
import { readToken, type TokenSource } from "./token.ts";

/** Which server is called, and as whom. */
export interface CallsOptions {
  /** The root of the server, such as `https://chat.example.com`; in a browser also a path on the same origin. */
  readonly url: string;
  /** The access token, or a function that is asked for it at each request. */
  readonly token?: TokenSource;
  readonly platform?: Partial<Pick<Platform, "fetch" | "clock">>;
}

/**
 * Typed calls over HTTP and nothing else: for servers, scripts and edge functions that hold no connection.
 * @throws TypeError when `url` is not an http or https address.
 */
export function createCalls({ url, token, platform }: CallsOptions): Calls {
  const { fetch = systemFetch, clock = systemClock } = platform ?? {};
  return createCallsOver({
    call: createHttpCalls({ url: endpointsOf(url).http, fetch, clock, token: () => readToken(token) }),
    subscribe() {
      throw new TypeError("createCalls makes calls alone: createClient subscribes.");
    },
  });
}
