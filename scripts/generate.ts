/**
 * Writes docs/reference, or the folder named, from the code, so that a change of what the server
 * promises shows in review. With --check it writes nothing and fails when a file is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { createAsyncApiDocument } from "../packages/server/src/transports/docs/asyncapi/asyncapi.ts";
import { createOpenApiDocument } from "../packages/server/src/transports/docs/openapi.ts";
import { authorizationReference } from "../tests/authorization/reference.ts";
import { configurationPage } from "./reference/configuration-page.ts";
import { errorsPage } from "./reference/errors-page.ts";
import { limitsPage } from "./reference/limits-page.ts";

const references: Readonly<Record<string, () => string>> = {
  "asyncapi.json": () => `${JSON.stringify(createAsyncApiDocument(), null, 2)}\n`,
  "authorization.md": authorizationReference,
  "configuration.md": configurationPage,
  "errors.md": errorsPage,
  "limits.md": limitsPage,
  "openapi.json": () => `${JSON.stringify(createOpenApiDocument(), null, 2)}\n`,
};

const { values, positionals } = parseArgs({
  options: { check: { type: "boolean" } },
  allowPositionals: true,
});
const folder = positionals[0] ?? join(import.meta.dirname, "../docs/reference");

function written(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

for (const [name, make] of Object.entries(references)) {
  const path = join(folder, name);
  const text = make();
  if (!values.check) writeFileSync(path, text);
  else if (written(path) !== text) {
    process.stderr.write(
      `docs/reference/${name} is not what the code says: run \`pnpm generate\` and commit it.\n`,
    );
    process.exitCode = 1;
  }
}
