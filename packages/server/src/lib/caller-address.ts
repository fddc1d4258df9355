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

/** Whether a request was made on this machine or in its own network. */
export type IsLocalCaller = (request: IncomingMessage) => boolean;

/** The ranges that nobody on the internet can call from, as ipaddr.js names them. */
const localRanges = new Set(["loopback", "private", "linkLocal", "uniqueLocal"]);

/** What proxies say of whom they stand for. */
const forwardingHeaders = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
] as const;

/**
 * Tells callers of the own network from all others. A proxy that is not trusted brings everybody
 * under its own address, which may well be local: what shows that a request was forwarded by such
 * a one makes it foreign.
 */
export function createIsLocalCaller(proxies: readonly string[]): IsLocalCaller {
  const isTrusted = proxyaddr.compile([...proxies]);
  return (request) => {
    const isForwarded = forwardingHeaders.some((name) => request.headers[name] !== undefined);
    const peer = request.socket.remoteAddress ?? "";
    // Who stands behind a trusted proxy only X-Forwarded-For says.
    const isTold = isTrusted(peer, 0) && Boolean(request.headers["x-forwarded-for"]);
    if (isForwarded && !isTold) return false;
    const caller = proxyaddr(request, isTrusted);
    return ipaddr.isValid(caller) && localRanges.has(ipaddr.process(caller).range());
  };
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
