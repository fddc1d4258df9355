import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import proxyaddr from "proxy-addr";

/** What callers are counted by: an IPv4 address, or the /64 network of an IPv6 address. */
export type AddressOf = (request: IncomingMessage) => string;

/** The 16-bit groups of an IPv6 address that name the network; one caller may hold all of the rest. */
const networkGroups = 4;

/**
 * Finds out where a request comes from. `X-Forwarded-For` counts only as far as it was written
 * by `proxies`: addresses, ranges such as `10.0.0.0/8`, or proxy-addr's names of ranges.
 */
export function createAddressOf(proxies: readonly string[]): AddressOf {
  const isTrusted = proxyaddr.compile([...proxies]);
  return (request) =>
    network(proxyaddr(request, isTrusted)) ?? network(request.socket.remoteAddress ?? "") ?? "";
}

/** Whether `createAddressOf` can use it. */
export function isProxyRange(text: string): boolean {
  // proxy-addr would take 1, which others mean as a number of proxies, for 0.0.0.1.
  if (/^\d/.test(text) && isIP(text.split("/")[0] ?? "") === 0) return false;
  try {
    proxyaddr.compile([text]);
    return true;
  } catch {
    return false;
  }
}

function network(text: string): string | undefined {
  if (!ipaddr.isValid(text)) return undefined;
  // An IPv4 address that came over an IPv6 socket is still that IPv4 address.
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4) return address.toString();
  const groups = address.parts.slice(0, networkGroups).map((group) => group.toString(16));
  return `${groups.join(":")}::/64`;
}
