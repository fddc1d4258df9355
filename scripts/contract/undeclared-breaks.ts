import type { Break } from "./shape.ts";

/** What somebody has written into `.changeset`, as far as it matters here. */
export interface Declared {
  readonly summary: string;
  readonly releases: readonly { readonly name: string; readonly type: string }[];
}

export interface Released {
  /** The package that keeps the promise, and the version of it that is out. */
  readonly name: string;
  readonly version: string;
}

/** The bumps that may break: before 1.0 a minor one, from then on a major one. */
export function breakingBumps(version: string): readonly string[] {
  return version.startsWith("0.") ? ["minor", "major"] : ["major"];
}

/** The breaks that no changeset declares: one that names their subject and bumps the package enough. */
export function undeclaredBreaks(
  breaks: readonly Break[],
  { name, version }: Released,
  changesets: readonly Declared[],
): Break[] {
  const enough = breakingBumps(version);
  const declaring = changesets.filter(({ releases }) =>
    releases.some((release) => release.name === name && enough.includes(release.type)),
  );
  return breaks.filter(({ subject }) => !declaring.some(({ summary }) => summary.includes(`\`${subject}\``)));
}
