import process from "node:process";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from "vitest";
import { createPerson, type Person } from "../support/people.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";
import { launchChromium, skipsChromium, watch, type Watched } from "../support/browser.ts";
import { operations } from "./operations.ts";

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startTestServer();
  person = await createPerson(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

if (skipsChromium) {
  process.stderr.write(
    "Skipped: /docs and /redoc in a browser, because no Chromium was found. Install it, or set CHROMIUM to its path.\n",
  );
}

describe.skipIf(skipsChromium)("in Chromium", { timeout: 60_000 }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let watched: Watched;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    context = await browser.newContext();
    watched = watch(context);
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
  });

  /** That the pages asked only this server, and that nothing went wrong in them. */
  function expectOwnAndFaultless(): void {
    const own = [`${server.url}/`, `blob:${server.url}/`, "data:"];
    expect(watched.requests.length).toBeGreaterThan(3);
    expect(watched.requests.filter((url) => !own.some((start) => url.startsWith(start)))).toEqual([]);
    expect(watched.faults).toEqual([]);
  }

  async function openDocs(path: string): Promise<void> {
    await page.goto(server.url + path);
    await page.locator(".opblock").first().waitFor();
  }

  /** Fills the OAuth2 part of the Authorize dialog in and sends it. */
  async function authorize(password: string): Promise<Locator> {
    await page.locator(".btn.authorize").first().click();
    const form = page.locator(".auth-container").filter({ hasText: "OAuth2, password" });
    await form.getByLabel("username:").fill(person.email);
    await form.getByLabel("password:").fill(password);
    await form.getByRole("button", { name: "Apply given OAuth2 credentials" }).click();
    return form;
  }

  async function signIn(): Promise<void> {
    const form = await authorize(person.password);
    await form.getByText("Authorized", { exact: true }).waitFor();
    await page.locator(".close-modal").click();
  }

  /** Opens an operation and runs it after `fill` has changed its form; gives what the page shows of the answer. */
  async function tryOut(
    operationId: string,
    fill: (operation: Locator) => Promise<void> = async () => {},
  ): Promise<Locator> {
    const operation = page.locator(`#operations-${operationId.split("-")[0]}-${operationId}`);
    await operation.locator(".opblock-summary-control").click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    await fill(operation);
    await operation.getByRole("button", { name: "Execute" }).click();
    const answer = operation.locator(".live-responses-table");
    await answer.waitFor();
    return answer;
  }

  async function storedTexts(): Promise<string[]> {
    const messages = (await (await person.call("GET", "/messages/")).json()) as { content: string }[];
    return messages.map(({ content }) => content);
  }

  it("/docs/ shows every operation", async () => {
    await openDocs("/docs/");
    expect(await page.title()).toBe("Causerie API");
    expect(await page.locator(".opblock").count()).toBe(operations.length);
    expectOwnAndFaultless();
  });

  it("/docs signs in with a password and sends a message", async () => {
    await openDocs("/docs");
    await signIn();

    const content = "Bonjour de la documentation";
    const sent = await tryOut("messages-send", (operation) =>
      operation.locator("textarea").fill(JSON.stringify({ receiver_id: person.id, content })),
    );
    expect(await sent.locator(".response-col_status").last().innerText()).toContain("201");
    const me = await tryOut("users-me");
    expect(await me.innerText()).toContain(person.email);

    expectOwnAndFaultless();
    expect(await storedTexts()).toContain(content);
  });

  it("/docs does not act for whoever is signed in to this browser with a cookie", async () => {
    await openDocs("/docs");
    const signedIn = await page.evaluate(
      async (credentials) => {
        const body = JSON.stringify(credentials);
        const headers = { "content-type": "application/json" };
        const { status } = await fetch("/auth/cookie/login", { method: "POST", headers, body });
        return [status, (await fetch("/users/me")).status];
      },
      { email: person.email, password: person.password },
    );
    expect(signedIn).toEqual([200, 200]);
    const me = await tryOut("users-me");
    expect(await me.locator(".response-col_status").first().innerText()).toContain("401");
  });

  it("/docs sends a form as it offers it, empty fields being null", async () => {
    await openDocs("/docs");
    await signIn();
    const sent = await tryOut("messages-send", async (operation) => {
      await operation
        .locator(".body-param-content-type select, select.content-type")
        .first()
        .selectOption("multipart/form-data");
      await operation.getByPlaceholder("receiver_id").fill(String(person.id));
      await operation.getByPlaceholder("content", { exact: true }).fill("Par formulaire");
    });
    expect(await sent.locator(".response-col_status").last().innerText()).toContain("201");
    expectOwnAndFaultless();
    expect(await storedTexts()).toContain("Par formulaire");
  });

  it("/docs says so when the password is wrong", async () => {
    await openDocs("/docs");
    const form = await authorize("not the password");
    await form.getByText("Unauthorized").waitFor();
    expect(await form.getByText("Authorized", { exact: true }).count()).toBe(0);
  });

  it.each(["/redoc", "/redoc/"])("%s shows every operation, and finds them", async (path) => {
    await page.goto(server.url + path);
    await page.locator("h1").filter({ hasText: "Causerie" }).waitFor();
    for (const { tags, operationId, summary } of operations) {
      const section = page.locator(`[id="tag/${tags[0]}/operation/${operationId}"]`);
      expect(await section.locator("h2").innerText()).toContain(summary);
    }
    await page.getByPlaceholder("Search...").fill("broadcast");
    await page.getByRole("search").getByText("Tell everybody who is connected").waitFor();
    expectOwnAndFaultless();
  });
});
