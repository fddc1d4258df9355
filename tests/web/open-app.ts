import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium, watch, type Watched } from "../support/browser.ts";
import { afterAll, beforeAll } from "vitest";
import { password } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

/** How long a page may take for anything. */
export const patienceMs = 60_000;

let count = 0;

/** Somebody in front of the app, in a browser of their own. */
export interface Visitor extends Watched {
  readonly page: Page;
  readonly email: string;
}

/** The web app as people have it: built, and opened in Chromium. */
export interface App extends AsyncDisposable {
  /** Opens the page at `url` for somebody who was never there. */
  visit(url: string, options?: BrowserContextOptions): Promise<Visitor>;
  /** Opens the app of the server at `url`, and makes somebody an account through its own pages. */
  join(url: string, name: string, options?: BrowserContextOptions): Promise<Visitor>;
}

/** An app and a server that all tests of a `describe` share; they are there once its tests run. */
export function sharedApp(): { readonly app: App; readonly server: TestServer } {
  const shared = {} as { app: App; server: TestServer };
  beforeAll(async () => {
    shared.app = await openApp();
    shared.server = await startTestServer();
  }, 60_000);
  afterAll(async () => {
    await shared.app?.[Symbol.asyncDispose]();
    await shared.server?.[Symbol.asyncDispose]();
  });
  return shared;
}

/** Builds the app, unless it is as it should be, and starts a browser. */
export async function openApp(): Promise<App> {
  await promisify(execFile)(process.execPath, ["scripts/build-web.mjs"]);
  const browser: Browser = await launchChromium();

  async function visit(url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    count += 1;
    const context = await browser.newContext({ locale: "en-GB", ...options });
    const watched = watch(context);
    // Small machines run other tests beside this one.
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    await page.goto(url);
    return { ...watched, page, email: `visitor-${process.pid}-${count}@example.com` };
  }

  return {
    visit,
    async join(url, name, options) {
      const visitor = await visit(`${url}/app/sign-up`, options);
      await signUp(visitor, name);
      return visitor;
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Makes an account on the app's page for that, which is open. */
export async function signUp({ page, email }: Pick<Visitor, "page" | "email">, name: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation").first().waitFor();
}

/** The public conversation, in the list. */
export const lobbyIn = (page: Page) => page.getByRole("link", { name: /Lobby/ });

/** The messages of the open conversation. */
export const messagesOf = (page: Page) => page.getByRole("log", { name: "Messages" });

/** The field to write in. */
export const composerOf = (page: Page) => page.getByRole("textbox", { name: /^Message / });

/** Writes into the open conversation, as with a keyboard. */
export async function write(page: Page, text: string): Promise<void> {
  await composerOf(page).fill(text);
  await composerOf(page).press("Enter");
}
