import js from "@eslint/js";
import checkFile from "eslint-plugin-check-file";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const tests = ["**/*.test.ts", "**/*.test-d.ts", "**/*.testing.ts", "tests/**"];

/** A rule's message should say what to do instead, so each ban here carries its own. */
const noDefaultExport = {
  selector: "ExportDefaultDeclaration",
  message: "Use a named export: it keeps one name from where it is made to where it is used.",
};

export default defineConfig(
  globalIgnores(["**/dist/", "packages/web/dist.*", "**/data/", "**/.typedoc/", "docs/reference/"]),

  {
    files: ["**/*.{js,mjs,cjs,ts,tsx}"],
    extends: [js.configs.recommended],
    plugins: { "check-file": checkFile },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "object-shorthand": "error",
      "prefer-const": "error",
      "check-file/filename-naming-convention": [
        "error",
        {
          "**/!(migrations)/*.{js,mjs,cjs,ts,tsx}": "KEBAB_CASE",
          "**/migrations/*.ts": "[0-9][0-9][0-9][0-9]-+([a-z0-9-])",
        },
        { ignoreMiddleExtensions: true },
      ],
    },
  },

  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      // An async function where nobody awaits loses its errors.
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `ws` hands out ArrayBuffers only to those who ask for them.
      "@typescript-eslint/no-base-to-string": ["error", { ignoredTypeNames: ["ArrayBuffer"] }],
      // Objects here come from factories: their functions close over what they need and have no `this`.
      "@typescript-eslint/unbound-method": "off",
      // `async` without `await` is how a function promises an interface's Promise.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-restricted-syntax": ["error", noDefaultExport],
      // tsc knows.
      "no-undef": "off",
    },
  },

  {
    files: ["packages/*/src/**"],
    rules: { "no-console": "error" },
  },
  {
    files: ["packages/server/src/**"],
    ignores: ["packages/server/src/features/sessions/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { name: "jsonwebtoken", message: "Tokens are made and read in features/sessions only." },
      ],
    },
  },

  {
    files: tests,
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      // What a test reads from the wire is `any` until it is compared.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unsafe-call": "off",
    },
  },

  {
    // The tools that read these want a default export.
    files: ["**/*.config.{js,ts}"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: {
      globals: { URL: "readonly", module: "readonly", process: "readonly", console: "readonly", performance: "readonly" },
    },
  },
);
