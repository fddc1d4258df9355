import { expect, it } from "vitest";
import { skipsChromium } from "../support/browser.ts";
import { startTestServer } from "../support/test-server.ts";
import { composerOf, lobbyIn, messagesOf, openApp, write } from "./open-app.ts";

it.skipIf(skipsChromium)(
  "opens without a network once it was there, and sends afterwards what was written before the reload, once",
  { timeout: 180_000 },
  async () => {
    await using server = await startTestServer();
    await using app = await openApp();
    const { page } = await app.join(server.url, "Olive Offline");
    await lobbyIn(page).click();
    await composerOf(page).waitFor();
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    // It takes the pages that are opened from then on.
    await page.reload();
    await composerOf(page).waitFor();

    await page.context().setOffline(true);
    await write(page, "written in a tunnel");
    await messagesOf(page).getByText("written in a tunnel").waitFor();
    const reloaded = await page.reload();
    expect(reloaded?.fromServiceWorker()).toBe(true);
    expect(await page.title()).toContain("Causerie");

    await page.context().setOffline(false);
    const reader = await app.join(server.url, "Rita Reader");
    await lobbyIn(reader.page).click();
    const log = messagesOf(reader.page);
    await log.getByText("written in a tunnel").waitFor();
    expect(await log.getByText("written in a tunnel").count()).toBe(1);

    const manifest = await page.request.get(`${server.url}/app/manifest.webmanifest`);
    expect(manifest.headers()["content-type"]).toContain("application/manifest+json");
    expect(await manifest.json()).toMatchObject({ start_url: "/app/", display: "standalone" });
  },
);
