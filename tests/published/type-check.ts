import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const compiler = (version: TypeScript) =>
  resolve(import.meta.dirname, "compilers/node_modules", `typescript-${version}`, "bin/tsc");

/** The versions of TypeScript that people have, and that the packages are checked with. */
export const versions = ["5.7", "5.9", "6", "7"] as const;

export type TypeScript = (typeof versions)[number];
export type ModuleResolution = "bundler" | "nodenext";

export interface TypeFault {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface TypeCheck {
  readonly faults: readonly TypeFault[];
  /** What the compiler had to do for it. */
  readonly instantiations: number;
  readonly types: number;
}

const counted = (output: string, what: string) =>
  Number(new RegExp(`^${what}:\\s+(\\d+)$`, "m").exec(output)?.[1] ?? Number.NaN);

/** Type-checks files of the project in `folder`, and all declarations that they lead to. */
export async function typeCheck(
  folder: string,
  files: readonly string[],
  { typescript, moduleResolution }: { typescript: TypeScript; moduleResolution: ModuleResolution },
): Promise<TypeCheck> {
  const flags = [
    ...["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"],
    ...["--target", "es2022", "--lib", "es2023,dom,dom.iterable,esnext.disposable"],
    ...["--module", moduleResolution === "bundler" ? "esnext" : "nodenext"],
    ...["--moduleResolution", moduleResolution, "--jsx", "react-jsx", "--pretty", "false"],
    ...["--extendedDiagnostics", "--allowImportingTsExtensions"],
  ];
  const { stdout } = await run(process.execPath, [compiler(typescript), ...flags, ...files], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((failure: { stdout: string }) => failure);
  const instantiations = counted(stdout, "Instantiations");
  // A compiler that did not get as far as counting has not checked anything either.
  if (Number.isNaN(instantiations)) throw new Error(`TypeScript ${typescript} gave up: ${stdout}`);
  const faults = stdout
    .split("\n")
    .filter((line) => line.includes("error TS"))
    .map((message) => {
      const [, file = "", line] = /^(.*)\((\d+),\d+\): /.exec(message) ?? [];
      return { file, line: Number(line), message };
    });
  return { faults, instantiations, types: counted(stdout, "Types") };
}
