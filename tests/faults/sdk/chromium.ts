import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext } from "playwright-core";
import { build, type Rolldown } from "vite";
import { chromiumPath, launchChromium } from "../../docs/browser.ts";

/** `page-program.ts` as one script. */
async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL("page-program.ts", import.meta.url));
  const result = (await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, lib: { entry, formats: ["iife"], name: "page", fileName: "page" } },
  })) as Rolldown.RolldownOutput[];
  return result[0]?.output[0].code ?? "";
}

/** A server of the app's own pages, which stays up whatever happens to the chat's server. */
async function servePages(): Promise<string> {
  const script = await bundle();
  const pages = createServer(({ url }, response) => {
    const isScript = url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<title>Chat</title><script src="/page.js"></script>');
  }).listen(0, "localhost");
  pages.unref();
  await once(pages, "listening");
  return `http://localhost:${(pages.address() as AddressInfo).port}/`;
}

let started: Promise<{ readonly browser: Browser; readonly url: string }> | undefined;

async function start(path: string) {
  const [browser, url] = await Promise.all([launchChromium(path), servePages()]);
  return { browser, url };
}

/** Why there can be no tabs here, or undefined. */
export const whyNoChromium = (): string | undefined =>
  chromiumPath === undefined ? "no Chromium was found: install it, or set CHROMIUM to its path" : undefined;

/** A browser profile of its own in a browser that all runs of this process share, and where the app's page is. */
export async function openProfile(): Promise<{ readonly context: BrowserContext; readonly url: string }> {
  if (chromiumPath === undefined) throw new Error(whyNoChromium());
  started ??= start(chromiumPath);
  const { browser, url } = await started;
  return { context: await browser.newContext(), url };
}
