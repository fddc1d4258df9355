/** Where tRPC is served, over HTTP and over WebSocket, by the server whose root is `url`. */
export interface Endpoints {
  readonly http: string;
  readonly ws: string;
}

/** A browser page may give a path: it is then on the page's own origin. */
export function endpointsOf(url: string): Endpoints {
  const page = (globalThis as { location?: { href: string } }).location?.href;
  const root = URL.canParse(url, page) ? new URL(url, page) : undefined;
  if (root?.protocol !== "http:" && root?.protocol !== "https:") {
    throw new TypeError(`url must be the http or https address of the server's root; "${url}" is not.`);
  }
  const http = `${root.origin}${root.pathname.replace(/\/+$/, "")}/trpc`;
  return { http, ws: http.replace(/^http/, "ws") };
}
