import { readFile } from "node:fs/promises";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

export interface PackageFaults {
  /** The files in the tarball, as paths from the package's root, in order. */
  readonly files: readonly string[];
  /** What publint finds, its suggestions included. */
  readonly publint: readonly string[];
  /** What @arethetypeswrong finds, as `<problem> <entry point> <resolution>`. */
  readonly types: readonly string[];
}

/** What the tools that know how packages go wrong say of a tarball. */
export async function packageFaults(tarball: string): Promise<PackageFaults> {
  const packed = await readFile(tarball);
  const contents = createPackageFromTarballData(packed);
  const root = `/node_modules/${contents.packageName}/`;
  const data = packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: data }, level: "suggestion" });
  const analysis = await checkPackage(contents);
  if (!analysis.types) throw new Error(`${tarball} has no types`);
  return {
    files: contents
      .listFiles()
      .map((path) => path.replace(root, ""))
      .sort(),
    publint: messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code),
    types: analysis.problems.map((problem) =>
      [
        problem.kind,
        ...("entrypoint" in problem ? [problem.entrypoint] : []),
        ...("resolutionKind" in problem ? [problem.resolutionKind] : []),
      ].join(" "),
    ),
  };
}
