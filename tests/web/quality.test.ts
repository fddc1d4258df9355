import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { skipsChromium } from "../support/browser.ts";
import { lobbyIn, messagesOf, sharedApp, write } from "./open-app.ts";

interface Axe {
  run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe holds to be serious or worse on the page as it is, a line each. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: Axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

describe.skipIf(skipsChromium)("the web app's pages", { timeout: 180_000 }, () => {
  const shared = sharedApp();

  it.each(["light", "dark"] as const)(
    "have no serious finding of axe in the %s theme",
    async (colorScheme) => {
      const options = { colorScheme, reducedMotion: "reduce", bypassCSP: true } as const;
      const stranger = await shared.app.visit(`${shared.server.url}/app/sign-in`, options);
      await stranger.page.getByRole("button", { name: "Sign in" }).waitFor();
      expect(await seriousFindings(stranger.page), "sign-in").toEqual([]);
      await stranger.page.goto(`${shared.server.url}/app/sign-up`);
      await stranger.page.getByRole("button", { name: "Create account" }).waitFor();
      expect(await seriousFindings(stranger.page), "sign-up").toEqual([]);

      const { page } = await shared.app.join(shared.server.url, `Axel ${colorScheme}`, options);
      expect(await seriousFindings(page), "the list").toEqual([]);
      await lobbyIn(page).click();
      await write(page, "Some `code`, and a link: https://example.com/");
      await messagesOf(page).getByText("Some").first().waitFor();
      await page.locator('[role="log"] a[href="https://example.com/"]').last().waitFor();
      expect(await seriousFindings(page), "a conversation").toEqual([]);
      await page.getByRole("button", { name: "New conversation" }).click();
      expect(await seriousFindings(page), "a menu").toEqual([]);
      await page.getByRole("menuitem", { name: "New group" }).click();
      await page.getByRole("dialog").waitFor();
      expect(await seriousFindings(page), "a dialog").toEqual([]);
      for (const part of ["profile", "security", "appearance"]) {
        await page.goto(`${shared.server.url}/app/settings/${part}`);
        await page.getByRole("heading").first().waitFor();
        expect(await seriousFindings(page), part).toEqual([]);
      }
    },
  );

  it("take at most 150 kB of script, compressed, to show the conversations of who is signed in", async () => {
    const { page } = await shared.app.join(shared.server.url, "Lena Load");
    const sizes: Promise<number>[] = [];
    page.on("response", (response) => {
      if (response.url().endsWith(".js"))
        sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
    });
    await page.goto(`${shared.server.url}/app/`);
    await lobbyIn(page).waitFor();
    await page.waitForLoadState("networkidle");
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(150_000);
  });
});
