import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium, skipsChromium } from "../support/browser.ts";
import { bundleScript, servePage } from "../support/page-script.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { startCuttableProxy } from "./cuttable-proxy.ts";
import type { PageTools } from "./page-of-links.ts";

declare const tools: PageTools;

describe.skipIf(skipsChromium)("in Chromium", { timeout: 60_000 }, () => {
  let server: TestServer;
  let pages: Awaited<ReturnType<typeof servePage>>;
  let person: Person;
  let context: BrowserContext;

  beforeAll(async () => {
    server = await startTestServer();
    person = await createPerson(server.url);
    pages = await servePage(await bundleScript(new URL("page-of-links.ts", import.meta.url)));
    context = await (await launchChromium()).newContext();
  }, 60_000);
  afterAll(async () => {
    await context.browser()?.close();
    pages.close();
    await server[Symbol.asyncDispose]();
  });

  /** A page of another origin than the server's. */
  async function openPage(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(pages.url);
    await page.waitForFunction(() => "tools" in globalThis);
    return page;
  }

  it.each(["websocket", "sse"] as const)(
    "a %s link carries calls and events, and tells when it is cut",
    async (kind) => {
      await using proxy = await startCuttableProxy(server.port);
      const page = await openPage();
      const link = await page.evaluateHandle(([kind, url, token]) => tools.tryLink(kind, url, token), [
        kind,
        proxy.url,
        person.token,
      ] as const);
      await link.evaluate((made, content) => made.send(content), `Bonjour par ${kind}`);
      proxy.cut();
      expect(await link.evaluate((made) => made.lost())).toMatchObject([
        { transport: kind, error: "NETWORK", ...(kind === "sse" ? {} : { code: 1006 }) },
      ]);
      await page.close();
    },
  );

  it("a link that is cut by the client is let go by the server", async () => {
    await using proxy = await startCuttableProxy(server.port);
    const page = await openPage();
    for (const kind of ["websocket", "sse"] as const) {
      const link = await page.evaluateHandle(([kind, url, token]) => tools.tryLink(kind, url, token), [
        kind,
        proxy.url,
        person.token,
      ] as const);
      await link.evaluate((made, content) => made.send(content), `Au revoir par ${kind}`);
      expect(await active()).toMatchObject({ is_active: true });
      await link.evaluate((made) => made.cut());
      await expect.poll(active, { timeout: 10_000 }).toMatchObject({ is_active: false });
    }
    await page.close();

    async function active() {
      const answer = await person.call("GET", `/users/active/status/${person.id}`);
      return (await answer.json()) as unknown;
    }
  });

  it("a token that the server refuses is told in its own way over each", async () => {
    const page = await openPage();
    const refusals = await page.evaluate(async (url) => {
      const socket = await tools.tryLink("websocket", url, "not.a.token");
      const stream = await tools.tryLink("sse", url, "not.a.token");
      return [await socket.lost(), await stream.ended()];
    }, server.url);
    expect(refusals).toMatchObject([[{ code: 4401 }], ["UNAUTHORIZED"]]);
    await page.close();
  });

  it("the signals tell of the network", async () => {
    const page = await openPage();
    await context.setOffline(true);
    await page.waitForFunction(() => tools.signals.includes("no_network"));
    await context.setOffline(false);
    await page.waitForFunction(() => tools.signals.includes("network_there"));
    await page.close();
  });

  it("tabs hear each other and share their locks", async () => {
    const [one, other] = await Promise.all([openPage(), openPage()]);
    await one.evaluate(() => tools.post({ hello: 1 }));
    await other.waitForFunction(() => tools.messages.length > 0);
    expect(await other.evaluate(() => tools.messages)).toEqual([{ hello: 1 }]);
    expect(await one.evaluate(() => tools.messages)).toEqual([]);

    const held = await one.evaluateHandle(
      () =>
        new Promise<{ release: () => void }>((hasIt) => {
          void tools.locks.hold("a", () => new Promise<void>((release) => hasIt({ release })));
        }),
    );
    const waiting = await other.evaluateHandle(() => {
      const state = { isHeld: false };
      void tools.locks.hold("a", async () => void (state.isHeld = true));
      return state;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await waiting.evaluate(({ isHeld }) => isHeld)).toBe(false);
    await held.evaluate(({ release }) => release());
    await expect.poll(() => waiting.evaluate(({ isHeld }) => isHeld)).toBe(true);
    expect(await one.evaluate(() => tools.locks.areShared)).toBe(true);
  });
});
