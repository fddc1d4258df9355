import { csrfHeaders } from "../csrf.ts";
import { answeredError, type CauserieError } from "../errors.ts";
import { createBatches } from "../lib/batches.ts";
import { parseJson } from "../lib/parse-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Link, LinkRequest } from "./link.ts";
import { patientCall, type Waiter } from "./patient-call.ts";
import { byteLength, mostBytes, tooLarge } from "./wire-limits.ts";

export interface HttpCallsDeps {
  /** `http://…/trpc` or `https://…/trpc`. */
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** The token to call with. `refused` is one that the server does not take any more. */
  readonly token: (refused?: string) => Promise<string | undefined>;
}

/** A call under way. */
interface Pending extends Waiter {
  readonly request: LinkRequest;
  /** Nobody waits for it any more. */
  isLeft?: boolean;
  leave?(): void;
}

/** The server's limit. */
const mostItems = 10;
/** Some proxies take no longer addresses. */
const longestUrl = 2_000;

/** Calls that bring their own credentials. */
const credentialCalls = /^auth\.(register|login|token|cookie\.login)$/;

/** Whether a call can be made only by who is signed in. */
export function needsToken({ path, input }: LinkRequest): boolean {
  if (path === "auth.refresh") return !(input as { refresh_token?: unknown } | undefined)?.refresh_token;
  return !credentialCalls.test(path);
}

/**
 * Makes calls over HTTP, as tRPC's batches. Queries made in the same turn go out as one request. Mutations travel
 * apart, as together they may be larger than a body may be. So do calls that make tokens, and without one, so that a
 * token function may itself sign in or refresh.
 */
export function createHttpCalls({ url, fetch, clock, token }: HttpCallsDeps): Link["call"] {
  /** Sends calls, once more those that were refused for who made them: they have not happened. */
  async function send(all: readonly Pending[], refusal?: CauserieError, refused?: string): Promise<void> {
    try {
      const [{ request }] = all as [Pending];
      const proof = needsToken(request) ? await token(refused) : undefined;
      if (refusal && proof !== undefined && proof === refused) throw refusal;
      const calls = all.filter(({ isLeft }) => !isLeft);
      let left = calls.length;
      if (!left) return;
      const leave = new AbortController();
      for (const call of calls) call.leave = () => (left -= 1) || leave.abort();

      const inputs = JSON.stringify({ ...calls.map((call) => call.request.input) });
      const isQuery = request.type === "query";
      if (!isQuery && byteLength(inputs) > mostBytes) throw tooLarge();
      const paths = calls.map((call) => call.request.path).join();
      const query = isQuery ? `&input=${encodeURIComponent(inputs)}` : "";
      const headers: Record<string, string> =
        proof === undefined ? csrfHeaders(url) : { authorization: `Bearer ${proof}` };
      const response = await fetch(`${url}/${paths}?batch=1${query}`, {
        method: isQuery ? "GET" : "POST",
        headers: isQuery ? headers : { ...headers, "content-type": "application/json" },
        body: isQuery ? null : inputs,
        signal: leave.signal,
        // It may lead to where the token must not go.
        redirect: "error",
      });
      const answers = parseJson(await response.text());
      const codeOfRefusal = proof === undefined ? "CSRF_TOKEN_INVALID" : "UNAUTHORIZED";
      let next: CauserieError | undefined;
      const again = calls.filter(({ answer, fail }, index) => {
        // What is refused as a whole is answered once.
        const own = Array.isArray(answers) ? (answers[index] as unknown) : answers;
        const { result } = (own ?? {}) as { readonly result?: { readonly data?: unknown } };
        if (result) return answer(result.data);
        const error = answeredError(own, response.status);
        if (refusal || error.code !== codeOfRefusal) return fail(error);
        return (next = error);
      });
      if (next) await send(again, next, proof);
    } catch (error) {
      for (const { fail } of all) fail(error);
    }
  }

  const sendTogether = createBatches<Pending>(
    mostItems,
    longestUrl - `${url}/?batch=1&input={}`.length,
    (calls) => void send(calls),
  );

  return (request, signal) =>
    patientCall(clock, signal, (waiter) => {
      const call: Pending = { ...waiter, request };
      const size = encodeURIComponent(`${request.path}"0":${JSON.stringify(request.input)},`).length;
      if (request.type === "query" && needsToken(request)) sendTogether(call, size);
      else void send([call]);
      return () => {
        call.isLeft = true;
        call.leave?.();
      };
    });
}
