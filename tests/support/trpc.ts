import {
  createTRPCClient,
  createTRPCUntypedClient,
  createWSClient,
  httpBatchLink,
  httpLink,
  wsLink,
  type TRPCClient,
  type TRPCUntypedClient,
} from "@trpc/client";
import { WebSocket } from "ws";
import type { AppRouter } from "../../packages/server/src/rpc/app-router.type.ts";
import type { TestServer } from "./test-server.ts";

export type { AppRouter };

/** A stock client over HTTP. */
export function trpcOverHttp(server: TestServer, token?: string): TRPCUntypedClient<AppRouter> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return createTRPCUntypedClient<AppRouter>({
    links: [httpBatchLink({ url: `${server.url}/trpc`, headers })],
  });
}

/** A stock client whose calls are typed; over HTTP unless made otherwise. */
export type TrpcCalls = TRPCClient<AppRouter>;

/** A stock client over HTTP, one request a call. */
export function trpcCalls(server: TestServer, token: string): TrpcCalls {
  const headers = { authorization: `Bearer ${token}` };
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${server.url}/trpc`, headers })] });
}

/** A stock client over one WebSocket, which it opens again when it is cut. */
export interface TrpcSocket extends AsyncDisposable {
  readonly client: TRPCClient<AppRouter>;
  readonly untyped: TRPCUntypedClient<AppRouter>;
  /** The close codes of its sockets so far. */
  readonly closeCodes: number[];
  /** Breaks the connection as a lost network does: no close frame. */
  cut(): void;
  close(): Promise<void>;
}

/** Connects the way the documentation says: the token in the connection parameters. */
export function trpcOverSocket(server: { readonly wsUrl: string }, token?: string): TrpcSocket {
  const closeCodes: number[] = [];
  const sockets: WebSocket[] = [];
  const wsClient = createWSClient({
    url: `${server.wsUrl}/trpc`,
    connectionParams: token === undefined ? null : { token },
    retryDelayMs: () => 20,
    WebSocket: class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        sockets.push(this);
        this.on("close", (code) => closeCodes.push(code));
      }
    } as unknown as typeof globalThis.WebSocket,
  });
  const links = [wsLink<AppRouter>({ client: wsClient })];
  const close = async () => {
    await wsClient.close();
  };
  return {
    client: createTRPCClient<AppRouter>({ links }),
    untyped: createTRPCUntypedClient<AppRouter>({ links }),
    closeCodes,
    cut: () => sockets.at(-1)?.terminate(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
