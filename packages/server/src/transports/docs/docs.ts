import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import express, { type RequestHandler, type Router } from "express";
import { createOpenApiDocument } from "./openapi.ts";
import { redocPage, swaggerInit, swaggerPage } from "./pages.ts";

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

/** What each page may load and reach: only this server, and nothing of anybody else. */
const policies = {
  swagger:
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  redoc:
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

const swaggerFiles = ["swagger-ui.css", "swagger-ui-bundle.js"];
const redocFiles = ["redoc.standalone.js"];

/** `/openapi.json`, Swagger UI at `/docs` and ReDoc at `/redoc`, all from our own files. */
export function createDocs(): Router {
  const folders = assetFolders();
  const document = JSON.stringify(createOpenApiDocument());
  const router = express.Router();

  router.get("/openapi.json", (_request, response) => {
    response.set("Cache-Control", "no-cache").type("application/json").send(document);
  });
  router.get("/docs", page("docs", policies.swagger, swaggerPage));
  router.get("/docs/init.js", (_request, response) => {
    response.type("text/javascript").send(swaggerInit);
  });
  router.get("/redoc", page("redoc", policies.redoc, redocPage));
  for (const file of swaggerFiles) router.get(`/docs/${file}`, asset(join(folders.swagger, file)));
  for (const file of redocFiles) router.get(`/redoc/${file}`, asset(join(folders.redoc, file)));
  return router;
}

/** A page whose links are relative, so that it works behind any prefix and with either slash form. */
function page(
  name: string,
  policy: string,
  html: (links: { files: string; document: string }) => string,
): RequestHandler {
  return (request, response) => {
    const slash = request.path.endsWith("/");
    response
      .set("Content-Security-Policy", policy)
      .type("text/html")
      .send(html({ files: slash ? "" : `${name}/`, document: slash ? "../openapi.json" : "openapi.json" }));
  };
}

const assetMaxAgeSeconds = 3600;

function asset(path: string): RequestHandler {
  return (_request, response, next) => {
    response.set("Cache-Control", `public, max-age=${assetMaxAgeSeconds}`);
    response.sendFile(path, { cacheControl: false, dotfiles: "allow" }, (error) => {
      if (error && !response.headersSent) next(error);
    });
  };
}
