import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe("the pages and their files", () => {
  const pages = ["/docs", "/docs/", "/redoc", "/redoc/"];

  it.each(pages)(
    "%s links only to files of this server, by relative addresses that lead there",
    async (path) => {
      const html = await (await fetch(server.url + path)).text();
      const links = [...html.matchAll(/(?:src|href|spec-url|data-document)="([^"]*)"/g)].map(
        ([, link]) => link ?? "",
      );
      const files = links.filter((link) => link !== "data:,");
      expect(files.length).toBeGreaterThanOrEqual(2);
      for (const file of files) {
        expect(file).not.toMatch(/^(?:\/|[a-z]+:)/i);
        const answer = await fetch(new URL(file, server.url + path), { method: "HEAD" });
        expect(answer.status, file).toBe(200);
      }
    },
  );

  it.each(pages)("%s runs only scripts of this server, and is not kept", async (path) => {
    const { headers } = await fetch(server.url + path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:/);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it.each([
    "/docs/swagger-ui-bundle.js",
    "/docs/swagger-ui.css",
    "/docs/init.js",
    "/redoc/redoc.standalone.js",
  ])("%s is kept for a while, compressed, and asked for again by its tag", async (path) => {
    const get = (headers: Record<string, string>) => fetch(server.url + path, { headers });
    const zipped = await get({ "Accept-Encoding": "gzip" });
    expect(zipped.headers.get("cache-control")).toMatch(/^public, max-age=\d+$/);
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    const plain = await get({ "Accept-Encoding": "identity" });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await zipped.text()).toBe(await plain.text());
    const etag = zipped.headers.get("etag") ?? "";
    expect((await get({ "If-None-Match": etag, "Cache-Control": "max-age=0" })).status).toBe(304);
  });

  it.each([...pages, "/openapi.json"])("%s answers HEAD like GET, without a body", async (path) => {
    const [head, get] = await Promise.all(
      ["HEAD", "GET"].map((method) =>
        fetch(server.url + path, { method, headers: { "Accept-Encoding": "identity" } }),
      ),
    );
    expect(head?.status).toBe(200);
    expect(head?.headers.get("content-length")).toBe(get?.headers.get("content-length"));
    expect(await head?.text()).toBe("");
    await get?.text();
  });

  it("offers no other file of the packages the pages come from", async () => {
    for (const path of [
      "/docs/index.html",
      "/docs/package.json",
      "/redoc/package.json",
      "/docs/..%2fpackage.json",
    ])
      expect((await fetch(server.url + path)).status, path).toBe(404);
  });
});
