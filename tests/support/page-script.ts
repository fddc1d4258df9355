import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";

/** A module, with all that it imports, as one script for a page. */
export async function bundleScript(module: URL): Promise<string> {
  const result = (await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      lib: { entry: fileURLToPath(module), formats: ["iife"], name: "page", fileName: "page" },
    },
  })) as Rolldown.RolldownOutput[];
  const code = result[0]?.output[0].code;
  if (code === undefined) throw new Error(`Nothing was made of ${module.href}.`);
  return code;
}

/** Serves a page with a script in it, of an origin of its own. */
export async function servePage(script: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(({ url }, response) => {
    const isScript = url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<title>Page</title><script src="/page.js"></script>');
  }).listen(0, "localhost");
  // Nothing waits for who looks at pages.
  server.unref();
  await once(server, "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () => void server.close(),
  };
}
