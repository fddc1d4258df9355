import { settingsReference } from "../../packages/server/src/config.ts";
import { generatedFrom, table } from "./table.ts";

/** docs/reference/configuration.md: every setting. */
export function configurationPage(): string {
  const rows = settingsReference.map(({ name, description, values, ...setting }) => [
    `\`${name}\``,
    setting.default === undefined ? (setting.unset ?? "") : `\`${setting.default}\``,
    description,
    values,
  ]);
  return `${generatedFrom("packages/server/src/config.ts")}

# Configuration

Settings are environment variables, or lines \`NAME=value\` of a file \`.env\` in the working folder;
the environment wins. An empty value counts as none. Whatever is wrong is said in one sentence each
at the start, and the process exits with 78. \`causerie --help\` prints this list.

${table(["variable", "default", "meaning", "values"], rows)}
`;
}
