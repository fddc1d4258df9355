import { expect, test } from "vitest";
import { redactUrl } from "./logger.ts";

test.each([
  ["/users/ws/eyJhbGciOi.J9.x", "/users/ws/[redacted]"],
  ["/messages/ws?token=abc.def&x=1", "/messages/ws?token=[redacted]&x=1"],
  ["/x?authorization=Bearer%20abc", "/x?authorization=[redacted]"],
  ["/trpc/messages.list?batch=1&input=%7B%7D", "/trpc/messages.list?batch=1&input=[redacted]"],
  ["/messages/?before=120&limit=10", "/messages/?before=120&limit=10"],
  ["/users/?query=jean", "/users/?query=[redacted]"],
  ["/auth/me", "/auth/me"],
])("%s is logged as %s", (url, logged) => {
  expect(redactUrl(url)).toBe(logged);
});
