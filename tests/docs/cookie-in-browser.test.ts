import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { launchChromium, skipsChromium } from "../support/browser.ts";

/** Runs in the page: a call as a script makes it, and what it is answered. */
function callFromPage(page: Page, url: string, init: RequestInit = {}) {
  return page.evaluate(
    async ([address, options]) => {
      try {
        const answer = await fetch(address, { credentials: "include", ...options });
        return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
      } catch {
        return { status: 0, body: {} };
      }
    },
    [url, init] as const,
  );
}

/** Runs in the page: what a `/trpc` socket without a token answers to `users.me`. */
function meOverSocket(page: Page, url: string) {
  return page.evaluate(
    (address) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(address);
        socket.onopen = () => {
          socket.send(JSON.stringify({ method: "connectionParams", data: {} }));
          socket.send(JSON.stringify({ id: 1, method: "query", params: { path: "users.me" } }));
        };
        socket.onmessage = ({ data }) => resolve(String(data));
        socket.onclose = () => resolve("closed");
      }),
    url,
  );
}

describe.skipIf(skipsChromium)("a cookie session in Chromium", { timeout: 60_000 }, () => {
  let server: TestServer;
  let elsewhere: Server;
  let elsewherePort: number;
  let person: Person;
  let context: BrowserContext;
  let own: Page;

  beforeAll(async () => {
    server = await startTestServer();
    elsewhere = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end("<p>A page of somebody else's</p>");
    }).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    elsewherePort = (elsewhere.address() as AddressInfo).port;
    person = await createPerson(server.url);
    const browser = await launchChromium();
    context = await browser.newContext();
    own = await context.newPage();
    await own.goto(`${server.url}/docs`);
  });
  afterAll(async () => {
    await context?.browser()?.close();
    elsewhere.close();
    await server[Symbol.asyncDispose]();
  });

  const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const note = { receiver_id: null, content: "from a page" };
  const csrfCookie = (page: Page) =>
    page.evaluate(() => /causerie_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "");

  it("signs our own page in, whose scripts see the CSRF token and not the session", async () => {
    const credentials = { email: person.email, password: person.password };
    const answer = await callFromPage(own, `${server.url}/auth/cookie/login`, json(credentials));
    expect(answer.status).toBe(200);
    expect(await own.evaluate(() => document.cookie)).not.toContain("causerie_session");
    expect(await csrfCookie(own)).toBe(answer.body["csrf_token"]);

    expect((await callFromPage(own, `${server.url}/users/me`)).body).toMatchObject({ id: person.id });
    const messages = `${server.url}/messages/`;
    expect(await callFromPage(own, messages, json(note))).toMatchObject({
      status: 403,
      body: { code: "CSRF_TOKEN_INVALID" },
    });
    const csrf = { "X-CSRF-Token": await csrfCookie(own) };
    expect((await callFromPage(own, messages, json(note, csrf))).status).toBe(201);
    expect(await meOverSocket(own, `${server.wsUrl}/trpc?connectionParams=1`)).toContain(person.email);
  });

  it("does nothing for a page of another port, to which the browser sends it all the same", async () => {
    // Another origin, and yet the same site: cookies know no ports.
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${elsewherePort}/`);
    expect(await csrfCookie(page)).not.toBe("");
    expect((await callFromPage(page, `${server.url}/users/me`)).status).toBe(401);
    const forged = json(note, { "X-CSRF-Token": await csrfCookie(page) });
    expect((await callFromPage(page, `${server.url}/messages/`, forged)).status).toBe(401);
    const overSocket = await meOverSocket(page, `${server.wsUrl}/trpc?connectionParams=1`);
    expect(overSocket).not.toContain(person.email);
  });

  it("does nothing for another site's page", async () => {
    const page = await context.newPage();
    await page.goto(`http://localhost:${elsewherePort}/`);
    expect(await page.evaluate(() => document.cookie)).toBe("");
    expect((await callFromPage(page, `${server.url}/users/me`)).status).toBe(401);
    const overSocket = await meOverSocket(page, `${server.wsUrl}/trpc?connectionParams=1`);
    expect(overSocket).not.toContain(person.email);
  });

  it("is gone from the browser after signing out", async () => {
    const csrf = { "X-CSRF-Token": await csrfCookie(own) };
    expect((await callFromPage(own, `${server.url}/auth/logout`, json({}, csrf))).status).toBe(200);
    expect(await own.evaluate(() => document.cookie)).toBe("");
    expect(await context.cookies()).toEqual([]);
    expect((await callFromPage(own, `${server.url}/users/me`)).status).toBe(401);
  });
});
