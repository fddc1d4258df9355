import { afterEach, expect, test, vi } from "vitest";
import { csrfHeaders } from "./csrf.ts";

afterEach(() => void vi.unstubAllGlobals());

function stubPage(cookie: string): void {
  vi.stubGlobal("document", { cookie });
  vi.stubGlobal("location", { origin: "https://chat.example.com" });
}

test("outside a page there is no cookie to repeat", () => {
  expect(csrfHeaders("https://chat.example.com/trpc")).toEqual({});
});

test("a page repeats the cookie to its own origin and tells no other", () => {
  stubPage("a=1; causerie_csrf=token; not_causerie_csrf=2");
  expect(csrfHeaders("https://chat.example.com/trpc")).toEqual({ "x-csrf-token": "token" });
  expect(csrfHeaders("https://api.example.com/trpc")).toEqual({});
});

test("a page without the cookie sends nothing", () => {
  stubPage("not_causerie_csrf=2");
  expect(csrfHeaders("https://chat.example.com/trpc")).toEqual({});
});
