import { join } from "node:path";
import ts from "typescript";
import { createTypeShapes } from "./type-shape.ts";
import type { Contract, Promised, Shape } from "./shape.ts";

/** The ways into the client, and where they are in its sources. */
const entries = {
  "@causerie/client": "index.ts",
  "@causerie/client/node": "node.ts",
  "@causerie/client/react": "react/index.ts",
  "@causerie/client/testing": "testing/index.ts",
};

/** They say what the procedures' own types say, for tRPC: OpenAPI and the calls have it already. */
const said = new Set(["AppRouter", "Inputs", "Outputs", "Trpc"]);

/** What the client's exported types and values promise to those who write TypeScript. */
export function clientContract(root: string): Contract {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root);
  const files = Object.values(entries).map((file) => join(root, "packages/client/src", file));
  const program = ts.createProgram(files, { ...options, jsx: ts.JsxEmit.ReactJSX });
  const checker = program.getTypeChecker();

  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = new Map<ts.Symbol, string>();
  const all = files.flatMap((file, index) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} cannot be read`);
    return checker
      .getExportsOfModule(module)
      .map((symbol) => ({ entry: Object.keys(entries)[index] ?? "", name: symbol.name, symbol: original(symbol) }));
  });
  for (const { name, symbol } of all) exported.set(symbol, name);

  const isForeign = (symbol: ts.Symbol) =>
    symbol.declarations?.every((one) => one.getSourceFile().fileName.includes("/node_modules/")) ?? false;
  const { shapeOf } = createTypeShapes(checker, exported, isForeign);

  const promises: Record<string, Promised> = {};
  const named: Record<string, Shape> = {};
  for (const { entry, name, symbol } of all) {
    const subject = `${name} of ${entry}`;
    const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0;
    if (symbol.flags & ts.SymbolFlags.Type)
      named[name] = said.has(name)
        ? { kind: "atom", text: name }
        : shapeOf(checker.getDeclaredTypeOfSymbol(symbol), name);
    const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
    promises[subject] =
      isValue && !isClass
        ? { direction: "out", shape: shapeOf(checker.getTypeOfSymbol(symbol), name) }
        : { direction: "as used", shape: { kind: "ref", name } };
  }
  return { promises, named };
}
