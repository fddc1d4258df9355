import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import express, { type RequestHandler, type Router } from "express";
import { servedContent } from "../served-content.ts";
import { createAsyncApiDocument } from "./asyncapi/asyncapi.ts";
import { createOpenApiDocument } from "./openapi.ts";
import { redocPage, swaggerInit, swaggerPage, type PageLinks } from "./pages.ts";

const require = createRequire(import.meta.url);

/**
 * Where the pages' own files are: in the packages they come from, or copied beside the
 * bundle when the server runs built.
 */
function assetFolders(): { swagger: string; redoc: string } {
  const bundled = join(import.meta.dirname, "assets");
  if (import.meta.url.endsWith(".js"))
    return { swagger: join(bundled, "swagger-ui"), redoc: join(bundled, "redoc") };
  return {
    swagger: dirname(require.resolve("swagger-ui-dist/package.json")),
    redoc: dirname(require.resolve("redoc/bundles/redoc.standalone.js")),
  };
}

/** What the pages may load and reach: only this server, and nothing of anybody else. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // Both style their elements as they build them.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  // ReDoc searches in a worker that it makes of its own script.
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** ReDoc shows its maker's logo from elsewhere; without an address it shows none. */
function withoutLogo(script: string): string {
  return script.replaceAll("https://cdn.redoc.ly/redoc/logo-mini.svg", "data:,");
}

/** `/openapi.json`, `/asyncapi.json`, Swagger UI at `/docs` and ReDoc at `/redoc`, all from our own files. */
export function createDocs(): Router {
  const folders = assetFolders();
  const router = express.Router();

  router.get("/openapi.json", document(createOpenApiDocument));
  router.get("/asyncapi.json", document(createAsyncApiDocument));

  router.get("/docs", page("docs", swaggerPage));
  router.get(
    "/docs/init.js",
    asset("init.js", () => swaggerInit),
  );
  for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"])
    router.get(
      `/docs/${name}`,
      asset(name, () => readFile(join(folders.swagger, name), "utf8")),
    );

  router.get("/redoc", page("redoc", redocPage));
  const redoc = "redoc.standalone.js";
  router.get(
    `/redoc/${redoc}`,
    asset(redoc, async () => withoutLogo(await readFile(join(folders.redoc, redoc), "utf8"))),
  );
  return router;
}

/** A document that is asked for anew each time, and sent only when it changed. */
function document(create: () => object): RequestHandler {
  const load = () => JSON.stringify(create());
  return servedContent({ load, type: "application/json", cacheControl: "no-cache" });
}

/** A page whose links are relative, so that it works with either slash form. */
function page(name: string, html: (links: PageLinks) => string): RequestHandler {
  return (request, response) => {
    const slash = request.path.endsWith("/");
    const links = { files: slash ? "" : `${name}/`, document: slash ? "../openapi.json" : "openapi.json" };
    response.set("Content-Security-Policy", policy).type("text/html").send(html(links));
  };
}

/** A file of a page. Its name stays the same in the next version, so it is kept for an hour only. */
function asset(name: string, load: () => string | Promise<string>): RequestHandler {
  return servedContent({ load, type: name, cacheControl: "public, max-age=3600" });
}
