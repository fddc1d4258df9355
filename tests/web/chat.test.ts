import { describe, expect, it } from "vitest";
import { skipsChromium } from "../support/browser.ts";
import { startServerProcess } from "../support/server-process.ts";
import { composerOf, lobbyIn, messagesOf, patienceMs, sharedApp, signUp, write } from "./open-app.ts";

describe.skipIf(skipsChromium)("the web app, by people in Chromium", { timeout: 180_000 }, () => {
  const shared = sharedApp();

  it("leads from / to the sign-in, says next to a field what is wrong with it, and makes an account", async () => {
    const visitor = await shared.app.visit(`${shared.server.url}/`);
    const { page, requests, faults } = visitor;
    await page.waitForURL("**/app/sign-in");
    await page
      .getByRole("link", { name: "Create account" })
      .or(page.getByRole("link", { name: /account/i }))
      .first()
      .click();
    await page.waitForURL("**/app/sign-up");
    await page.getByLabel("Name").fill("Anna");
    await page.getByLabel("E-mail address").fill(visitor.email);
    await page.getByLabel("Password", { exact: true }).fill("short");
    await page.getByRole("button", { name: "Create account" }).click();
    const field = page.getByLabel("Password", { exact: true });
    await expect.poll(() => field.getAttribute("aria-invalid"), { timeout: patienceMs }).toBe("true");
    const described = await field.getAttribute("aria-describedby");
    const texts = await Promise.all(
      (described ?? "").split(" ").map((id) => page.locator(`[id="${id}"]`).textContent()),
    );
    expect(texts.join(" ")).toContain("8 characters");

    await signUp(visitor, "Anna");
    await lobbyIn(page).waitFor();
    expect(
      requests.filter(
        (url) => !url.startsWith(shared.server.url) && !url.startsWith("data:") && !url.startsWith("blob:"),
      ),
    ).toEqual([]);
    // The refusal of the first try is no fault of the page.
    expect(faults.filter((fault) => !fault.includes("422"))).toEqual([]);
  });

  it("two people find each other and talk, see who types, and what is unread", async () => {
    const anna = await shared.app.join(shared.server.url, "Anna Alt");
    const bert = await shared.app.join(shared.server.url, "Bert Bass");
    await anna.page.getByRole("button", { name: "New conversation" }).click();
    await anna.page.getByRole("menuitem", { name: "New message" }).click();
    await anna.page.getByRole("dialog").getByRole("textbox").fill("Bert B");
    await anna.page
      .getByRole("dialog")
      .getByRole("button", { name: /Bert Bass/ })
      .or(anna.page.getByRole("option", { name: /Bert Bass/ }))
      .first()
      .click();
    await composerOf(anna.page).waitFor();
    await write(anna.page, "Hello Bert");
    await messagesOf(anna.page).getByText("Hello Bert").waitFor();

    const conversation = bert.page.getByRole("link", { name: /Anna Alt/ });
    await conversation.waitFor();
    await expect.poll(() => conversation.textContent(), { timeout: patienceMs }).toContain("Hello Bert");
    await conversation.getByText(/1/).first().waitFor();
    await conversation.click();
    await messagesOf(bert.page).getByText("Hello Bert").waitFor();

    await composerOf(bert.page).pressSequentially("Hi");
    await anna.page.getByText("Bert Bass is typing…").first().waitFor();
    await composerOf(bert.page).press("Enter");
    await messagesOf(anna.page).getByText("Hi", { exact: true }).waitFor();
    expect(anna.faults).toEqual([]);
    expect(bert.faults).toEqual([]);
  });

  it("what is written without a network waits, is seen to wait, outlives it, and is stored once", async () => {
    const anna = await shared.app.join(shared.server.url, "Olga Offline");
    const { page } = anna;
    await lobbyIn(page).click();
    await write(page, "before the tunnel");
    await messagesOf(page).getByText("before the tunnel").waitFor();
    await page.context().setOffline(true);
    await write(page, "in the tunnel 1");
    await write(page, "in the tunnel 2");
    await messagesOf(page).getByText("in the tunnel 2").waitFor();
    await page
      .getByText("You are offline.", { exact: false })
      .or(page.getByText("Connection lost", { exact: false }))
      .first()
      .waitFor();
    await page.context().setOffline(false);

    const reader = await shared.app.join(shared.server.url, "Rita Reader");
    await lobbyIn(reader.page).click();
    await messagesOf(reader.page).getByText("in the tunnel 2").waitFor({ timeout: patienceMs });
    for (const text of ["in the tunnel 1", "in the tunnel 2"])
      expect(await messagesOf(reader.page).getByText(text).count()).toBe(1);
  });

  it("a server that is killed and comes back loses nothing, and the page goes on by itself", async () => {
    await using first = await startServerProcess();
    const { port, storage } = first;
    const { page } = await shared.app.join(first.url, "Kim Kill");
    await lobbyIn(page).click();
    await write(page, "acknowledged");
    await messagesOf(page).getByText("acknowledged").waitFor();
    first.kill("SIGKILL");
    await first.exited;
    await write(page, "while it was gone");
    await using _second = await startServerProcess({ PORT: `${port}` }, { storage });
    await expect
      .poll(() => page.getByText("Waits for a connection").or(page.getByText("Sending…")).count(), {
        timeout: patienceMs,
      })
      .toBe(0);
    await page.reload();
    await messagesOf(page).getByText("while it was gone").waitFor();
    expect(await messagesOf(page).getByText("acknowledged").count()).toBe(1);
    expect(await messagesOf(page).getByText("while it was gone").count()).toBe(1);
  });

  it("a sign-out in one tab is one in the other, and the cookie no script can read is gone", async () => {
    const { page } = await shared.app.join(shared.server.url, "Sam Session");
    const other = await page.context().newPage();
    await other.goto(`${shared.server.url}/app/`);
    await other.getByRole("navigation").first().waitFor();
    expect(await page.evaluate(() => document.cookie)).not.toContain("causerie_session");
    await page.goto(`${shared.server.url}/app/settings/security`);
    await page.getByRole("button", { name: "Sign out", exact: true }).last().click();
    await page.waitForURL("**/app/sign-in");
    await other.waitForURL("**/app/sign-in");
    const cookies = await page.context().cookies();
    expect(cookies.filter(({ httpOnly }) => httpOnly)).toEqual([]);
  });
});
