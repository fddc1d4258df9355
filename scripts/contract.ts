/**
 * Holds what the packages promise against what was promised by the last release, which is kept in
 * `contract/`. Fails when something breaks that no changeset declares. With --update it makes what is
 * promised now the baseline, which is part of a release.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { readChangesets } from "@changesets/read";
import { createAsyncApiDocument } from "../packages/server/src/transports/docs/asyncapi/asyncapi.ts";
import { createOpenApiDocument } from "../packages/server/src/transports/docs/openapi.ts";
import { asyncApiContract, type AsyncApi } from "./contract/asyncapi-contract.ts";
import { clientContract } from "./contract/client-contract.ts";
import { compareContracts } from "./contract/compare-contracts.ts";
import { openApiContract, type OpenApi } from "./contract/openapi-contract.ts";
import type { Contract } from "./contract/shape.ts";
import { writtenContract } from "./contract/written-contract.ts";
import { breakingBumps, undeclaredBreaks } from "./contract/undeclared-breaks.ts";

const root = join(import.meta.dirname, "..");

const surfaces = [
  { file: "client.json", owner: "client", read: () => clientContract(root) },
  {
    file: "openapi.json",
    owner: "server",
    read: () => openApiContract(createOpenApiDocument() as unknown as OpenApi),
  },
  {
    file: "asyncapi.json",
    owner: "server",
    read: () => asyncApiContract(createAsyncApiDocument() as unknown as AsyncApi),
  },
];

const { values } = parseArgs({ options: { update: { type: "boolean" } } });
const changesets = await readChangesets(root);

for (const { file, owner, read } of surfaces) {
  const path = join(root, "contract", file);
  const current = read();
  if (values.update) {
    writeFileSync(path, writtenContract(current));
    continue;
  }
  const released = JSON.parse(readFileSync(path, "utf8")) as Contract;
  const manifest = readFileSync(join(root, "packages", owner, "package.json"), "utf8");
  const { name, version } = JSON.parse(manifest) as { name: string; version: string };
  const breaks = undeclaredBreaks(compareContracts(released, current), { name, version }, changesets);
  for (const { subject, what } of breaks) process.stderr.write(`${file}: \`${subject}\`: ${what}\n`);
  if (breaks.length === 0) continue;
  process.stderr.write(
    `Each of these breaks who uses ${name} ${version}. Undo it, or add a changeset that names it (${"`…`"} ` +
      `above) and bumps ${name} by ${breakingBumps(version)[0] ?? ""}: pnpm changeset\n`,
  );
  process.exitCode = 1;
}
