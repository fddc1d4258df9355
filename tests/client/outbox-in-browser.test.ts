import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium, skipsChromium } from "../support/browser.ts";
import { bundleScript } from "../support/page-script.ts";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import type { OutboxInPage } from "./outbox-in-page.ts";

/** Chromium shares two cores with servers and other tests. */
const patience = { timeout: 20_000 };
/** Where the script runs. */
declare const inPage: OutboxInPage;

describe.skipIf(skipsChromium)("the outbox in Chromium", { timeout: 60_000 }, () => {
  let server: TestServer;
  let context: BrowserContext;
  let script: string;
  let person: Person;
  let groups: number[];

  beforeAll(async () => {
    server = await startTestServer();
    script = await bundleScript(new URL("outbox-in-page.ts", import.meta.url));
    context = await (await launchChromium()).newContext({ bypassCSP: true });
  });
  afterAll(async () => {
    await context?.browser()?.close();
    await server?.[Symbol.asyncDispose]();
  });

  /** A new user with three groups of their own. */
  async function newPerson(): Promise<void> {
    person = await createPerson(server.url);
    groups = [];
    for (const name of ["one", "two", "three"]) {
      const answer = await person.call("POST", "/conversations", { kind: "group", name, member_ids: [] });
      groups.push(((await answer.json()) as { id: number }).id);
    }
  }

  async function openTab(): Promise<Page> {
    const tab = await context.newPage();
    // Any page of the origin will do, and this one is small.
    await tab.goto(`${server.url}/healthz`);
    await start(tab);
    return tab;
  }
  async function start(tab: Page): Promise<void> {
    await tab.addScriptTag({ content: script });
    await tab.evaluate(([id, token]) => inPage.start(id, token), [person.id, person.token] as const);
  }
  const connect = (tab: Page, isThere = true) => tab.evaluate((there) => inPage.connect(there), isThere);
  const states = (tab: Page) => tab.evaluate(() => inPage.states());
  const calls = (tab: Page) => tab.evaluate(() => inPage.calls);
  const send = (tab: Page, content: string, group = 0) =>
    tab.evaluate(([id, text]) => inPage.send(id, text), [groups[group]!, content] as const);
  const stored = (tab: Page) =>
    tab.evaluate(async (userId) => {
      const items = await inPage.storage.load({ server: location.origin, userId });
      return items.map(({ input, attempts }) => [input.content, attempts] as const);
    }, person.id);
  /** What the server has of a group, oldest first. */
  async function texts(group: number): Promise<string[]> {
    const answer = await person.call("GET", `/conversations/${groups[group]}/messages?limit=100`);
    const { messages } = (await answer.json()) as { messages: { content: string }[] };
    return messages.map(({ content }) => content);
  }

  it("sends a full outbox after a reload, once and in order, before anything new", async () => {
    await newPerson();
    const tab = await openTab();
    const numbers = Array.from({ length: 90 }, (_, n) => n);
    await tab.evaluate(([ids, all]) => all.forEach((n) => inPage.send(ids[n % 3]!, `message ${n}`)), [
      groups,
      numbers,
    ] as const);
    await expect.poll(async () => (await stored(tab)).length, patience).toBe(90);
    await tab.reload();
    await start(tab);
    await send(tab, "new");
    await connect(tab);
    await expect.poll(() => states(tab), patience).toEqual([]);
    const of = (group: number) => numbers.filter((n) => n % 3 === group).map((n) => `message ${n}`);
    expect(await texts(0)).toEqual([...of(0), "new"]);
    expect(await texts(1)).toEqual(of(1));
    expect(await texts(2)).toEqual(of(2));
    await expect.poll(() => stored(tab), patience).toEqual([]);
    await tab.close();
  });

  it("repeats what was under way when the page was reloaded, which is stored once", async () => {
    await newPerson();
    const tab = await openTab();
    // The server stores the message; the page is gone before the answer comes.
    let arrived: () => void = () => undefined;
    const isStored = new Promise<void>((resolve) => (arrived = resolve));
    await tab.route(/messages\.send/, async (route) => {
      await route.fetch();
      arrived();
    });
    await connect(tab);
    await send(tab, "once");
    await isStored;
    expect(await stored(tab)).toEqual([["once", 1]]);
    await tab.reload();
    await tab.unrouteAll();
    await start(tab);
    await expect.poll(() => states(tab), patience).toEqual(["once: queued"]);
    await connect(tab);
    await expect.poll(() => states(tab), patience).toEqual([]);
    expect(await calls(tab)).toEqual(["once"]);
    expect(await texts(0)).toEqual(["once"]);
    await tab.close();
  });

  it("lets one tab send for all, and another take over when it is closed", async () => {
    await newPerson();
    const first = await openTab();
    await connect(first);
    const second = await openTab();
    await connect(second);
    for (let n = 0; n < 5; n += 1) await send(second, `second ${n}`);
    await expect
      .poll(() => second.evaluate(() => inPage.settled), patience)
      .toEqual(["second 0", "second 1", "second 2", "second 3", "second 4"]);
    expect(await calls(second)).toEqual([]);
    expect(await calls(first)).toHaveLength(5);

    await first.route(/messages\.send/, () => undefined);
    await send(first, "under way");
    await send(second, "behind it");
    await expect.poll(() => states(second), patience).toEqual(["under way: sending", "behind it: queued"]);
    await first.close();
    await expect.poll(() => states(second), patience).toEqual([]);
    expect(await calls(second)).toEqual(["under way", "behind it"]);
    expect((await texts(0)).slice(5)).toEqual(["under way", "behind it"]);
    await second.close();
  });

  it("gives a message up from any tab", async () => {
    await newPerson();
    const first = await openTab();
    await connect(first);
    await expect
      .poll(() => first.evaluate(async () => (await navigator.locks.query()).held?.length), patience)
      .toBe(1);
    await first.route(/messages\.send/, () => undefined);
    const second = await openTab();
    const under = await send(second, "under way");
    const queued = await send(second, "queued");
    await expect.poll(() => states(second), patience).toEqual(["under way: sending", "queued: queued"]);
    const cancel = (id: string) => second.evaluate((one) => inPage.outbox.cancel(one), id);
    expect(await cancel(under)).toBe("too_late");
    expect(await cancel(queued)).toBe("cancelled");
    await expect.poll(() => states(first), patience).toEqual(["under way: sending"]);
    await connect(first, false);
    expect(await cancel(under)).toBe("in_doubt");
    expect(await second.evaluate(() => inPage.settled)).toEqual(["queued: ABORTED", "under way: ABORTED"]);
    expect(await stored(second)).toEqual([]);
    await Promise.all([first.close(), second.close()]);
  });

  it("keeps users apart, and deletes what others left more than a week ago", async () => {
    await newPerson();
    const tab = await openTab();
    const left = await tab.evaluate(async () => {
      const { storage, item } = inPage;
      const day = 24 * 60 * 60_000;
      const of = (userId: number) => ({ server: location.origin, userId });
      const elsewhere = { server: "https://elsewhere.example", userId: 900 };
      await storage.put(of(900), item("mine, old", 900, 8 * day));
      await storage.put(of(901), item("old", 901, 8 * day));
      await storage.put(of(901), item("new", 901, 6 * day));
      await storage.put(elsewhere, item("elsewhere", 900, 0));
      await storage.remove(of(901), "elsewhere");
      const ids = [];
      for (const user of [of(900), of(901), elsewhere])
        ids.push((await storage.load(user)).map(({ clientMessageId }) => clientMessageId));
      await storage.close?.();
      ids.push((await storage.load(of(901))).map(({ clientMessageId }) => clientMessageId));
      return ids;
    });
    expect(left).toEqual([["mine, old"], ["new"], ["elsewhere"], ["new"]]);
    await tab.close();
  });

  it("lets a newer version of the database upgrade at once, and goes on in memory", async () => {
    await newPerson();
    const tab = await openTab();
    await send(tab, "before");
    await expect.poll(() => stored(tab), patience).toEqual([["before", 0]]);
    const newer = await context.newPage();
    await newer.goto(`${server.url}/healthz`);
    const isBlocked = await newer.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const request = indexedDB.open("causerie-outbox", 2);
          request.onblocked = () => resolve(true);
          request.onsuccess = () => resolve(false);
        }),
    );
    expect(isBlocked).toBe(false);
    await send(tab, "after");
    await connect(tab);
    await expect.poll(() => states(tab), patience).toEqual([]);
    expect(await texts(0)).toEqual(["before", "after"]);
    expect(await tab.evaluate(() => inPage.volatile)).toEqual(["STORAGE_UNAVAILABLE"]);
    await newer.evaluate(() => indexedDB.deleteDatabase("causerie-outbox"));
    await Promise.all([tab.close(), newer.close()]);
  });

  it("survives that the database is deleted under it", async () => {
    await newPerson();
    const tab = await openTab();
    await send(tab, "before");
    await expect.poll(() => stored(tab), patience).toEqual([["before", 0]]);
    const isBlocked = await tab.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const request = indexedDB.deleteDatabase("causerie-outbox");
          request.onblocked = () => resolve(true);
          request.onsuccess = () => resolve(false);
        }),
    );
    expect(isBlocked).toBe(false);
    await send(tab, "after");
    await expect.poll(() => stored(tab), patience).toEqual([["after", 0]]);
    expect(await tab.evaluate(() => inPage.volatile)).toEqual([]);
    await tab.close();
  });
});
