import { createFaultyStream, halfBody } from "./faulty-stream.ts";
import type { Verdict } from "./faults.ts";
import { networkError, openExchange, type HttpExchange } from "./http-exchange.ts";
import type { Lane } from "./lane.ts";
import type { Passage } from "./passage.ts";
import type { Wire } from "./wire.ts";

type Fetch = typeof globalThis.fetch;

/** A `fetch` whose requests go through the faulty network; below it is the real one. */
export function createFaultyFetch(wire: Wire, realFetch: Fetch): Fetch {
  const { expiry } = wire;
  const requests = wire.lane("requests", false);
  const answers = wire.lane("answers", false);
  let streams = 0;

  async function run(request: Request, exchange: HttpExchange): Promise<Response> {
    const { url, method } = request;
    const body = method === "GET" || method === "HEAD" ? undefined : await request.clone().text();
    const credentials = request.headers.get("authorization") ?? "";
    expiry.see(credentials);
    expiry.see(body ?? "");
    const passage = { via: "http", method, text: body ?? "", paths: pathsOf(url) } as const;
    const out = await turnOf(requests, { ...passage, kind: "request", to: "server" });
    if (out.drop) return await exchange.broken;
    if (out.cut) throw networkError("the request was cut.");

    const headers = new Headers(request.headers);
    if (credentials !== "") headers.set("authorization", expiry.spoil(credentials));
    const spoilt = { headers, ...(body !== undefined && { body: expiry.spoil(body) }) };
    const send = () => realFetch(new Request(request.clone(), spoilt), { signal: exchange.signal });
    for (let copy = 1; copy < out.copies; copy += 1) await (await send()).text();
    return await comeBack(await send(), { ...passage, kind: "answer", to: "client" }, exchange);
  }

  async function comeBack(response: Response, passage: Passage, exchange: HttpExchange): Promise<Response> {
    const { body } = response;
    if (body && response.headers.get("content-type")?.startsWith("text/event-stream")) {
      const lane = wire.lane(`stream ${++streams}`, true);
      return withBody(response, createFaultyStream(body, { ...passage, kind: "event" }, lane, exchange));
    }
    const text = await response.text();
    expiry.see(text);
    const back = await turnOf(answers, { ...passage, text });
    if (back.drop) return await exchange.broken;
    exchange.done();
    return withBody(response, back.cut ? halfBody(text) : text);
  }

  return async function faultyFetch(input, init) {
    const request = new Request(input, init);
    const blocked = wire.refusalOf("http");
    if (blocked === "refuse") throw networkError("there is no network.");
    const exchange = openExchange(wire, request);
    try {
      return await Promise.race([exchange.broken, run(request, exchange)]);
    } catch (error) {
      exchange.end(error);
      throw error;
    }
  };
}

function turnOf(lane: Lane, passage: Passage): Promise<Verdict> {
  return new Promise((resolve) => lane.push(passage, resolve));
}

/** The procedures that a URL calls, or its path. */
function pathsOf(url: string): readonly string[] {
  const { pathname } = new URL(url);
  const [, procedures] = /\/trpc\/([^/]+)$/.exec(pathname) ?? [];
  return procedures?.split(",") ?? [pathname];
}

/** The same answer with another body, which is not compressed any more. */
function withBody(response: Response, body: string | ReadableStream): Response {
  const { status, statusText } = response;
  if (status < 200 || body === "") return response;
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(body, { status, statusText, headers });
}
