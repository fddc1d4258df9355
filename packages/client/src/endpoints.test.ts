import { expect, test } from "vitest";
import { endpointsOf } from "./endpoints.ts";

test.each([
  ["http://localhost:8000", "http://localhost:8000/trpc", "ws://localhost:8000/trpc"],
  ["http://localhost:8000/", "http://localhost:8000/trpc", "ws://localhost:8000/trpc"],
  ["https://example.com/chat", "https://example.com/chat/trpc", "wss://example.com/chat/trpc"],
  ["https://example.com/chat/", "https://example.com/chat/trpc", "wss://example.com/chat/trpc"],
  ["https://example.com/chat?a=1#b", "https://example.com/chat/trpc", "wss://example.com/chat/trpc"],
])("finds the endpoints of a server at %s", (url, http, ws) => {
  expect(endpointsOf(url)).toEqual({ http, ws });
});

test.each(["ftp://example.com", "localhost:8000", "/app", ""])(
  "refuses %j: it is not an http address",
  (url) => {
    expect(() => endpointsOf(url)).toThrow(TypeError);
  },
);
