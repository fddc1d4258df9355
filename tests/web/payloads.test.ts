import { expect, it } from "vitest";
import { skipsChromium } from "../support/browser.ts";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";
import { lobbyIn, messagesOf, openApp } from "./open-app.ts";

/** What each of them would do if it ran. */
const act = "window.ranPayload=1";
const tags = [
  "img src=x onerror=",
  "svg onload=",
  "body onload=",
  "video src=x onerror=",
  "details open ontoggle=",
];
const wrappers = [
  (inside: string) => inside,
  (inside: string) => `"><${"b"}>${inside}`,
  (inside: string) => `'-->${inside}`,
  (inside: string) => `</script>${inside}`,
  (inside: string) => `\`\`\`\n${inside}\n\`\`\``,
];
const schemes = [
  ...[
    "javascript:",
    "JaVaScRiPt:",
    " javascript:",
    "java\tscript:",
    "vbscript:",
    "data:text/html,<script>",
    "javascript://example.com/%0a",
  ],
  ...["file:///", "blob:", "view-source:javascript:"],
];
const payloads = [
  ...tags.flatMap((tag) => wrappers.map((wrap) => wrap(`<${tag}"${act}">`))),
  ...wrappers.map((wrap) => wrap(`<script>${act}</script>`)),
  ...wrappers.map((wrap) => wrap(`<iframe srcdoc="<script>parent.${act}</script>"></iframe>`)),
  ...wrappers.map((wrap) => wrap(`<a href="javascript:${act}">press</a>`)),
  ...wrappers.map((wrap) => wrap(`<style>@import "javascript:${act}"</style>`)),
  ...schemes.flatMap((scheme) => [`${scheme}${act}`, `[press](${scheme}${act})`, `<${scheme}${act}>`]),
  ...schemes.flatMap((scheme) => [
    `https://example.com/"onmouseover="${act} ${scheme}`,
    `\`${scheme}${act}\``,
  ]),
  ...[
    "{{constructor.constructor('window.ranPayload=1')()}}",
    "${window.ranPayload=1}",
    "#{window.ranPayload=1}",
  ],
  ...["&lt;script&gt;window.ranPayload=1&lt;/script&gt;", "\u202e<script>window.ranPayload=1</script>"],
];

it.skipIf(skipsChromium)(
  "100 payloads as the name of somebody and as a message run nothing, and no link leads to a script",
  { timeout: 180_000 },
  async () => {
    expect(payloads.length).toBeGreaterThanOrEqual(100);
    await using server = await startTestServer();
    await using app = await openApp();
    const { page, faults } = await app.join(server.url, `<img src=x onerror="${act}">`);

    const people = [];
    for (const name of payloads.slice(0, 20))
      people.push(await createPerson(server.url, name.replaceAll(/\s+/g, " ").slice(0, 50)));
    for (const [index, content] of payloads.entries()) {
      const sender = people[index % people.length];
      const answer = await sender?.call("POST", "/messages/", { receiver_id: null, content });
      expect(answer?.status, content).toBeLessThan(300);
    }
    await lobbyIn(page).click();
    const log = messagesOf(page);
    await log.getByText("#{window.ranPayload=1}", { exact: true }).waitFor();
    // All of them are rendered on the way to the first.
    for (let n = 0; n < 30; n += 1) {
      await log.hover();
      await page.mouse.wheel(0, -1_500);
      await page.waitForTimeout(50);
      const hrefs = await log
        .locator("a")
        .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).protocol));
      expect(hrefs.filter((protocol) => !["http:", "https:", "mailto:"].includes(protocol))).toEqual([]);
    }
    expect(await page.evaluate(() => "ranPayload" in globalThis)).toBe(false);
    expect(faults).toEqual([]);
  },
);
