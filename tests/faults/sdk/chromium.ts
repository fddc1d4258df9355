import type { Browser, BrowserContext } from "playwright-core";
import { launchChromium } from "../../support/browser.ts";
import { bundleScript, servePage } from "../../support/page-script.ts";

/** The app's own pages are up whatever happens to the chat's server. */
async function start() {
  const script = bundleScript(new URL("page-program.ts", import.meta.url));
  const [browser, { url }] = await Promise.all([launchChromium(), script.then(servePage)]);
  return { browser, url };
}

let started: Promise<{ readonly browser: Browser; readonly url: string }> | undefined;

/** A browser profile of its own in a browser that all runs of this process share, and where the app's page is. */
export async function openProfile(): Promise<{ readonly context: BrowserContext; readonly url: string }> {
  started ??= start();
  const { browser, url } = await started;
  return { context: await browser.newContext(), url };
}
