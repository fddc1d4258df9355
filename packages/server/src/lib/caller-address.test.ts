import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { createAddressOf, isProxyRange } from "./caller-address.ts";

/** What is read of a request. */
function request(remoteAddress: string, forwardedFor?: string): IncomingMessage {
  const socket = { remoteAddress };
  const headers = forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor };
  return { headers, socket, connection: socket } as unknown as IncomingMessage;
}

test.each([
  ["an address", [], "192.0.2.1", undefined, "192.0.2.1"],
  ["an IPv4 address over an IPv6 socket", [], "::ffff:192.0.2.1", undefined, "192.0.2.1"],
  ["the network of an IPv6 address", [], "2001:db8:1:2:3:4:5:6", undefined, "2001:db8:1:2::/64"],
  ["the same network", [], "2001:db8:1:2::9", undefined, "2001:db8:1:2::/64"],
  ["the network of a link-local address", [], "fe80::1%eth0", undefined, "fe80:0:0:0::/64"],
  ["the peer, when nobody is trusted", [], "127.0.0.1", "203.0.113.9", "127.0.0.1"],
  ["the peer, when it is not a trusted proxy", ["10.0.0.0/8"], "192.0.2.1", "203.0.113.9", "192.0.2.1"],
  ["what a trusted proxy says", ["10.0.0.0/8"], "10.1.2.3", "203.0.113.9", "203.0.113.9"],
  ["what a trusted proxy says in IPv6", ["loopback"], "::1", "2001:db8::7", "2001:db8:0:0::/64"],
  [
    "what the proxy wrote, not what it was told",
    ["loopback"],
    "127.0.0.1",
    "1.1.1.1, 203.0.113.9",
    "203.0.113.9",
  ],
  [
    "the first that no trusted proxy wrote",
    ["loopback", "10.0.0.1"],
    "127.0.0.1",
    "1.1.1.1, 203.0.113.9, 10.0.0.1",
    "203.0.113.9",
  ],
  ["the proxy, when what it says is no address", ["loopback"], "127.0.0.1", "unknown", "127.0.0.1"],
] as const)("a caller is counted by %s", (_name, proxies, peer, forwardedFor, counted) => {
  expect(createAddressOf(proxies)(request(peer, forwardedFor))).toBe(counted);
});

test.each(["10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "loopback", "linklocal", "uniquelocal"])(
  "%s names proxies",
  (text) => expect(isProxyRange(text)).toBe(true),
);

test.each(["", "true", "1", "*", "proxy.example", "10.0.0.0/33", "0.0.0.0/0", "10.0.0"])(
  "%s names none",
  (text) => expect(isProxyRange(text)).toBe(false),
);
