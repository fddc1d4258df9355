import { accessSync, constants } from "node:fs";
import process from "node:process";
import { chromium, type Browser, type BrowserContext } from "playwright-core";

const chosen = process.env["CHROMIUM"];
const candidates = chosen ? [chosen] : ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** The Chromium of this machine, or the one that `CHROMIUM` names; undefined when there is none. */
const chromiumPath = candidates.find(isExecutable);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why there can be no browser here; undefined when there can. */
export const whyNoChromium = (): string | undefined =>
  chromiumPath === undefined ? "no Chromium was found: install it, or set CHROMIUM to its path" : undefined;

/** Whether tests in a browser are left out. In CI a missing one is a failure: there it would be missed for good. */
export const skipsChromium = chromiumPath === undefined && !process.env["CI"];

export async function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(whyNoChromium());
  return await chromium.launch({
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
  });
}

/** What the pages of a browser asked for, and what went wrong in them. */
export interface Watched {
  readonly requests: string[];
  readonly faults: string[];
}

/** Records every request and every fault of all pages of `context`. */
export function watch(context: BrowserContext): Watched {
  const requests: string[] = [];
  const faults: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  context.on("requestfailed", (request) => faults.push(`${request.url()} ${request.failure()?.errorText}`));
  context.on("weberror", (error) => faults.push(error.error().message));
  context.on("console", (message) => {
    // A violation of the page's policy is reported as an error.
    if (["error", "warning"].includes(message.type())) faults.push(message.text());
  });
  return { requests, faults };
}
