import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../packages/server/src/config.ts";
import { startServer, type RunningServer } from "../../packages/server/src/server.ts";
import { createStorage, type Storage } from "../support/storage.ts";

let storage: Storage;
let place: string;
let server: RunningServer;

const folder = () => join(place, "dist");
const progress = () => join(place, "dist.progress.json");
const script = "export const answer = 42;\n".repeat(20);
const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);

async function build(text: string, into = folder()): Promise<void> {
  await mkdir(join(into, "assets"), { recursive: true });
  await writeFile(join(into, ".stamp"), "not for the public");
  await writeFile(join(into, "icon.png"), picture);
  await writeFile(join(into, "assets/main-AbCd_-12.js"), script);
  await writeFile(join(into, "index.html"), `<!doctype html><title>${text}</title>`);
}

async function say(state: string, step: string, modules = 0, pid = process.pid): Promise<void> {
  await writeFile(progress(), JSON.stringify({ state, step, modules, pid }));
}

const page = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  fetch(server.url + path, { headers, method, redirect: "manual" });

/** The status of a path that is sent as it stands, which `fetch` would tidy. */
function rawStatus(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path, headers: page }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    })
      .on("error", reject)
      .end();
  });
}

beforeEach(async () => {
  storage = await createStorage();
  place = await mkdtemp(join(tmpdir(), "causerie-web-"));
  const config = readConfig({ ...storage.env, PORT: "0", RATE_LIMIT: "off", LOG_LEVEL: "silent" });
  server = await startServer(config, { web: { folder: folder(), progress: progress() } });
});
afterEach(async () => {
  await server.stop();
  await storage[Symbol.asyncDispose]();
  await rm(place, { recursive: true });
});

describe("a built app", () => {
  beforeEach(() => build("first"));

  it.each(["/", "/app"])("%s leads to it", async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/app/"]);
  });

  it.each(["/app/", "/app/index.html", "/app/conversations/12", "/app/a.b/"])(
    "whoever navigates to %s gets its page, asked for anew each time and sent only when it changed",
    async (path) => {
      const answer = await get(path, page);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(answer.headers.get("cache-control")).toBe("no-cache");
      expect(await answer.text()).toContain("first");
      const etag = answer.headers.get("etag") ?? "";
      const again = await get(path, { ...page, "if-none-match": etag, "cache-control": "max-age=0" });
      expect(again.status).toBe(304);
    },
  );

  it("its page may load and reach this server alone, and runs nothing that stands within it", async () => {
    const { headers } = await get("/app/", page);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'; object-src 'none'",
    );
  });

  it("files whose names tell their content are kept for good, and compressed", async () => {
    const path = "/app/assets/main-AbCd_-12.js";
    const zipped = await get(path, { "accept-encoding": "gzip" });
    expect(zipped.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    expect(zipped.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(await zipped.text()).toBe(script);
    const plain = await get(path, { "accept-encoding": "identity" });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe(script);
  });

  it("pictures come byte for byte, and are not compressed again", async () => {
    const answer = await get("/app/icon.png", { "accept-encoding": "gzip" });
    expect(answer.headers.get("content-encoding")).toBeNull();
    expect(answer.headers.get("content-type")).toBe("image/png");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(picture);
  });

  it.each([
    ["/app/assets/gone-AbCd_-12.js", page],
    ["/app/assets/gone-AbCd_-12.js", {}],
    ["/app/.stamp", {}],
    ["/app/api", { accept: "application/json" }],
    ["/appendix", page],
  ])("%s is a problem for a caller with %o", async (path, headers: Record<string, string>) => {
    const answer = await get(path, headers);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await answer.json()).toMatchObject({ code: "NOT_FOUND" });
  });

  it("no path leads out of its folder", async () => {
    await writeFile(join(place, "secret.txt"), "secret");
    for (const path of [
      "/app/assets/../../secret.txt",
      "/app/assets/..%2f..%2fsecret.txt",
      "/app/assets/%2e%2e/%2e%2e/secret.txt",
      "/app/assets/..\\..\\secret.txt",
      "/app/assets/%00",
      "/app/assets/%E0%A4%A",
    ])
      expect(await rawStatus(path), path).toBe(404);
  });

  it.each(["/", "/app", "/app/", "/app/assets/main-AbCd_-12.js"])("%s is only read", async (path) => {
    const answer = await get(path, {}, "POST");
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    const head = await get(path, page, "HEAD");
    expect(head.status).toBe((await get(path, page)).status);
    expect(await head.text()).toBe("");
  });

  it("is replaced by the next one while the server runs, and stays while that is put in its place", async () => {
    expect(await (await get("/app/", page)).text()).toContain("first");
    await build("second", join(place, "next"));
    await writeFile(join(place, "next/assets/new-12345678.js"), script);
    await rename(folder(), join(place, "old"));
    expect(await (await get("/app/", page)).text()).toContain("first");
    await rename(join(place, "next"), folder());
    expect(await (await get("/app/", page)).text()).toContain("second");
    expect((await get("/app/assets/new-12345678.js")).status).toBe(200);
  });

  it("goes on being served while a newer one is built, or could not be", async () => {
    for (const state of ["building", "failed"]) {
      await say(state, "reading");
      expect((await get("/app/", page)).status).toBe(200);
    }
  });
});

describe("without an app", () => {
  it.each(["/", "/app/", "/app/conversations/12"])("%s says how to build it", async (path) => {
    const answer = await get(path, page);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("retry-after")).toBeNull();
    expect(await answer.text()).toContain("pnpm start");
  });

  it.each(["/", "/app/", "/app/conversations/12"])(
    "%s shows how far the build is, again and again, without a script",
    async (path) => {
      await say("building", "reading", 312);
      const answer = await get(path, page);
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      const policy = answer.headers.get("content-security-policy");
      expect(policy).toMatch(/style-src 'self' 'sha256-[\w+/]+=*'/);
      expect(policy).not.toContain("unsafe");
      const html = await answer.text();
      expect(html).toContain("<progress");
      expect(html).toContain('<meta http-equiv="refresh" content="1">');
      expect(html).toContain("312 files");
      expect(html).not.toContain("<script");

      await build("there");
      expect(await (await fetch(server.url + path, { headers: page })).text()).toContain("there");
    },
  );

  it("a build that failed is said, once, without where and why", async () => {
    await say("failed", "reading");
    const answer = await get("/", page);
    expect(answer.status).toBe(503);
    const html = await answer.text();
    expect(html).toContain("could not be built");
    expect(html).not.toContain("http-equiv");
    expect(html).not.toContain(place);
  });

  it("a build whose process was killed is none", async () => {
    // Process ids end far below.
    await say("building", "reading", 312, 2 ** 30);
    expect((await get("/", page)).status).toBe(404);
  });

  it("the API answers", async () => {
    expect((await get("/healthz")).status).toBe(200);
    expect((await get("/app/assets/main.js")).status).toBe(404);
  });
});
