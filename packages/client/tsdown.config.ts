import { defineConfig, type UserConfig } from "tsdown";

/**
 * One self-contained file per format. What the client takes from the workspace is inlined, the
 * contract's types included; only `eager` resolves those of packages that export their sources.
 * zod stays external, or the search for types would read all of it, and is then dropped: no
 * published type leads to it.
 */
const common: UserConfig = {
  format: ["esm", "cjs"],
  target: "es2022",
  dts: { resolver: "tsc", eager: true },
  treeshake: { moduleSideEffects: [{ external: true, sideEffects: false }] },
  deps: { alwaysBundle: [/^@causerie\//], neverBundle: [/^@trpc\//, "react", "zod"] },
};

export default defineConfig([
  {
    ...common,
    entry: { index: "src/index.ts", react: "src/react/index.ts", testing: "src/testing/index.ts" },
    platform: "neutral",
  },
  // What needs Node's own modules, built alone: it would share files with the others.
  { ...common, entry: ["src/node.ts"], platform: "node", fixedExtension: false },
]);
