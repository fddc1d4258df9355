import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, test } from "vitest";
import { replyCookies } from "./reply-cookies.ts";

/** The cookies that are set for a request which came, as a trusted proxy says, over `protocol`. */
async function cookiesOver(protocol: string): Promise<string[]> {
  const app = express().set("trust proxy", true);
  app.get("/", (request, response) => {
    replyCookies(request, response).set({ cookie: "a.b.c", csrfToken: "d", lifetimeMs: 60_000 });
    response.end();
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const headers = { "x-forwarded-proto": protocol };
    return (await fetch(`http://127.0.0.1:${port}/`, { headers })).headers.getSetCookie();
  } finally {
    server.close();
  }
}

test("cookies set over https are never sent over http", async () => {
  const cookies = await cookiesOver("https");
  expect(cookies.map((text) => text.split("; ").includes("Secure"))).toEqual([true, true]);
});

test("cookies set over http can be sent over http", async () => {
  expect((await cookiesOver("http")).join()).not.toContain("Secure");
});
