import type { Problem } from "@causerie/shared";
import { restRequest } from "../support/rest-request.ts";
import { openFrames, type FrameSocket } from "../support/frames.ts";
import { openTrpcFrames } from "../support/raw-trpc-socket.ts";
import type { TestServer } from "../support/test-server.ts";
import { refusal, success, tellingHeaders, type Answer } from "./answer.ts";
import type { Procedure } from "./procedures.ts";
import type { SurfaceName } from "./row.ts";

/** Calls with as little as possible between the test and the wire, so that answers can be compared whole. */
export interface Surface extends AsyncDisposable {
  readonly name: SurfaceName;
  /** Undefined where the surface has no way to call the procedure. */
  call(
    procedure: Procedure,
    input: object | undefined,
    token: string | undefined,
  ): Promise<Answer | undefined>;
}

export function openSurfaces(server: TestServer): readonly Surface[] {
  return [trpcHttp(server), trpcSocket(server), rest(server)];
}

interface TrpcAnswer {
  readonly result?: { readonly data: unknown };
  readonly error?: { readonly data: { readonly code: string; readonly httpStatus: number } };
}

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };
const json = { "content-type": "application/json" };

function trpcHttp({ url }: TestServer): Surface {
  return {
    name: "tRPC over HTTP",
    async call({ name, type }, input, token) {
      const query = new URLSearchParams(input && { input: JSON.stringify(input) });
      const response =
        type === "query"
          ? await fetch(`${url}/trpc/${name}?${query.toString()}`, { headers: bearer(token) })
          : await fetch(`${url}/trpc/${name}`, {
              method: "POST",
              headers: { ...bearer(token), ...json },
              ...(input && { body: JSON.stringify(input) }),
            });
      const { error, result } = (await response.json()) as TrpcAnswer;
      if (!error) return success(result?.data);
      const seen = { error, status: response.status, headers: tellingHeaders(response.headers) };
      if (response.status !== error.data.httpStatus) throw new Error(`Two statuses: ${JSON.stringify(seen)}`);
      return refusal(error.data.code, response.status, seen);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** One socket for each token, as clients have it. Without one the server soon closes it. */
function trpcSocket(server: TestServer): Surface {
  const sockets = new Map<string, FrameSocket>();
  let calls = 0;

  async function callOver(socket: FrameSocket, { name, type }: Procedure, input: object | undefined) {
    const id = (calls += 1);
    socket.send({ id, method: type, params: { path: name, ...(input && { input }) } });
    const frame = await socket.next((candidate) => candidate["id"] === id);
    const { error, result } = frame as TrpcAnswer;
    if (!error) return success(result?.data);
    return refusal(error.data.code, error.data.httpStatus, { ...frame, id: undefined });
  }

  return {
    name: "tRPC over WebSocket",
    async call(procedure, input, token) {
      if (token === undefined) {
        const socket = await openFrames(`${server.wsUrl}/trpc`);
        return await callOver(socket, procedure, input).finally(socket.close);
      }
      const socket = sockets.get(token) ?? (await openTrpcFrames(server, token));
      sockets.set(token, socket);
      return await callOver(socket, procedure, input);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.values()) socket.close();
    },
  };
}

function rest({ url }: TestServer): Surface {
  return {
    name: "REST",
    async call({ name, route }, input, token) {
      if (!route) return undefined;
      const { path, ...request } = restRequest(route.method, route.path, input);
      const headers = { ...bearer(token), ...("body" in request ? json : {}) };
      const response = await fetch(url + path, { ...request, headers });
      const body: unknown = await response.json();
      const expected = route.meta.status ?? 200;
      if (response.ok && response.status !== expected)
        throw new Error(`${name} answered ${response.status} instead of ${expected}.`);
      if (response.ok) return success(body);
      const { request_id: _id, instance: _path, ...problem } = body as Problem;
      const seen = { problem, status: response.status, headers: tellingHeaders(response.headers) };
      return refusal(problem.code, response.status, seen);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
