import type { IncomingMessage } from "node:http";

const hostPattern = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * Whether a request says where it goes, once and well formed. Whoever makes a URL of a
 * Host that does not pass gets an exception, or a URL with somebody's name in it.
 */
export function hasGoodHost(request: IncomingMessage): boolean {
  const [host, ...more] = request.headersDistinct["host"] ?? [];
  return host !== undefined && more.length === 0 && hostPattern.test(host) && URL.canParse(`http://${host}`);
}
