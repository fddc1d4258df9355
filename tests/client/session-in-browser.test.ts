import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium, skipsChromium } from "../support/browser.ts";
import { bundleScript } from "../support/page-script.ts";
import { createPerson } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import type { SessionInPage } from "./session-in-page.ts";

type PageWindow = typeof globalThis & { readonly inPage: SessionInPage };

const changesIn = (tab: Page) => tab.evaluate(() => (globalThis as PageWindow).inPage.changes);
const tokenIn = (tab: Page) => tab.evaluate(() => (globalThis as PageWindow).inPage.session.token());

describe.skipIf(skipsChromium)("a session in the tabs of Chromium", { timeout: 60_000 }, () => {
  let context: BrowserContext;
  let script: string;
  const refreshes: string[] = [];

  beforeAll(async () => {
    script = await bundleScript(new URL("session-in-page.ts", import.meta.url));
    context = await (await launchChromium()).newContext({ bypassCSP: true });
    context.on("request", (request) => {
      if (request.url().includes("auth.refresh")) refreshes.push(request.url());
    });
  });
  afterAll(() => context?.browser()?.close());

  async function openTab(server: TestServer): Promise<Page> {
    const tab = await context.newPage();
    // Any page of the origin will do, and this one is small.
    await tab.goto(`${server.url}/healthz`);
    await tab.addScriptTag({ content: script });
    return tab;
  }

  it("is renewed by one tab for all, outlives a reload, and ends in all with a sign-out", async () => {
    await using server = await startTestServer({ ACCESS_TOKEN_TTL: "8s" });
    const person = await createPerson(server.url);
    const [one, other] = [await openTab(server), await openTab(server)];
    const credentials = { email: person.email, password: person.password };
    await one.evaluate(async (input) => {
      const answer = await fetch("/auth/login", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(input),
      });
      await (globalThis as PageWindow).inPage.session.adopt(await answer.json());
    }, credentials);
    const signedIn = { type: "signed_in", userId: person.id };
    await expect.poll(async () => (await changesIn(other))[0]).toEqual(signedIn);

    await expect
      .poll(async () => (await changesIn(one)).length, { timeout: 30_000 })
      .toBeGreaterThanOrEqual(3);
    // Each refresh is told once in the tab that made it, and once in the other.
    const renewedBy = async (by: string) =>
      (await Promise.all([one, other].map(changesIn)))
        .flat()
        .filter((change) => change.type === "renewed" && change.by === by).length;
    await expect
      .poll(async () => {
        const told = await Promise.all(["this_client", "another_tab"].map(renewedBy));
        return told.map((times) => times - refreshes.length);
      })
      .toEqual([0, 0]);
    await expect.poll(async () => (await tokenIn(one)) === (await tokenIn(other))).toBe(true);

    await one.reload();
    await one.addScriptTag({ content: script });
    expect(await one.evaluate(() => (globalThis as PageWindow).inPage.session.userId())).toBe(person.id);

    await one.evaluate(() => (globalThis as PageWindow).inPage.session.end("signed_out"));
    await expect
      .poll(async () => (await changesIn(other)).at(-1))
      .toEqual({ type: "lost", reason: "signed_out" });
    expect(await one.evaluate(() => localStorage.getItem("session"))).toBeNull();
  });

  it("is refreshed once when tabs come back together with a token that has expired", async () => {
    await using server = await startTestServer({ ACCESS_TOKEN_TTL: "15m" });
    const person = await createPerson(server.url);
    const stored = await (
      await person.call("POST", "/auth/login", { email: person.email, password: person.password })
    ).json();
    const first = await openTab(server);
    await first.evaluate((tokens) => {
      localStorage.setItem("session", JSON.stringify({ ...tokens, received_at: Date.now() - 3600_000 }));
    }, stored as object);
    const tabs = [await openTab(server), await openTab(server), await openTab(server)];
    const before = refreshes.length;
    const tokens = await Promise.all(tabs.map(tokenIn));
    expect(new Set(tokens).size).toBe(1);
    expect(refreshes.length - before).toBe(1);
  });
});
