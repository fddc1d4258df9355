import type { BrowserContext, Page } from "playwright-core";
import type { Hear, Host } from "./host.ts";
import type { PageProgram } from "./page-program.ts";
import type { Told } from "./program.ts";

/** Where the script runs. */
declare const inPage: PageProgram;

/** A tab of a browser, whose outbox and session are those of all tabs of the context. */
export async function createTabHost(context: BrowserContext, url: string, hear: Hear): Promise<Host> {
  let page: Page | undefined;

  async function load(): Promise<Page> {
    const opened = await context.newPage();
    await opened.exposeFunction("tellTest", (told: Told) => hear(told));
    await opened.goto(url);
    return opened;
  }

  function use(): Page {
    if (!page) throw new Error("The tab is closed.");
    return page;
  }

  return {
    async start(options) {
      page ??= await load();
      await page.waitForFunction(() => "inPage" in globalThis);
      await page.evaluate((given) => inPage.start(given), options);
    },
    send(key, conversation, content) {
      // It may be that the page is being reloaded: then it never heard of the message.
      page
        ?.evaluate(([k, c, text]) => inPage.program.send(k, c, text), [key, conversation, content] as const)
        .catch(() => undefined);
    },
    waiting: () => use().evaluate(() => inPage.program.waiting()),
    shown: () => use().evaluate(() => inPage.program.shown()),
    online: () => use().evaluate(() => inPage.program.online()),
    wake: () => void page?.evaluate(() => inPage.wake()).catch(() => undefined),
    kill: async () => void (await page?.reload()),
    async leave() {
      const closed = page;
      page = undefined;
      await closed?.close();
    },
  };
}
