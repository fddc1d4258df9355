/**
 * Writes docs/reference/openapi.json, or the file named, from the procedures, so that a change
 * of the REST API shows in review. With --check it writes nothing and fails when the file is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { createOpenApiDocument } from "../packages/server/src/transports/docs/openapi.ts";

const { values, positionals } = parseArgs({
  options: { check: { type: "boolean" } },
  allowPositionals: true,
});
const path = positionals[0] ?? join(import.meta.dirname, "../docs/reference/openapi.json");
const document = `${JSON.stringify(createOpenApiDocument(), null, 2)}\n`;

function written(): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

if (!values.check) {
  writeFileSync(path, document);
} else if (written() !== document) {
  process.stderr.write(
    "docs/reference/openapi.json is not what the procedures say: run `pnpm generate` and commit it.\n",
  );
  process.exitCode = 1;
}
