import ts from "typescript";
import type { Member, Shape } from "./shape.ts";

export interface TypeShapes {
  /** The shape of a type. `name` is the exported one that it is the meaning of. */
  shapeOf(type: ts.Type, name?: string): Shape;
}

/** Deeper than anything the client says; what goes on for ever has its name instead. */
const deepest = 8;

/**
 * Reads types as shapes. `exported` has the name of each symbol that users can import, which stand
 * for what they mean; what `isForeign` says is declared elsewhere, such as AbortSignal, stays a name.
 */
export function createTypeShapes(
  checker: ts.TypeChecker,
  exported: ReadonlyMap<ts.Symbol, string>,
  isForeign: (symbol: ts.Symbol) => boolean,
): TypeShapes {
  const text = (type: ts.Type) =>
    checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.OmitParameterModifiers);

  function member(symbol: ts.Symbol, depth: number): Member {
    const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
    const type = checker.getTypeOfSymbol(symbol);
    const given = isOptional && type.isUnion() ? checker.getNonNullableType(type) : type;
    const isNullable = isOptional && text(type).includes("null");
    return { required: !isOptional, shape: shapeAt(isNullable ? type : given, depth + 1) };
  }

  function signature(one: ts.Signature, depth: number): Shape {
    const parameters = one.parameters.map((symbol) => {
      const { valueDeclaration } = symbol;
      const isOptional =
        valueDeclaration !== undefined &&
        ts.isParameter(valueDeclaration) &&
        (checker.isOptionalParameter(valueDeclaration) || valueDeclaration.dotDotDotToken !== undefined);
      return { required: !isOptional, shape: shapeAt(checker.getTypeOfSymbol(symbol), depth + 1) };
    });
    return { kind: "function", parameters, returns: shapeAt(one.getReturnType(), depth + 1) };
  }

  function shapeAt(type: ts.Type, depth: number, own?: string): Shape {
    const named = [type.aliasSymbol, type.symbol].flatMap((symbol) =>
      symbol ? (exported.get(symbol) ?? []) : [],
    )[0];
    const args = [...(type.aliasTypeArguments ?? [])];
    if (named !== undefined && named !== own)
      return args.length > 0
        ? { kind: "generic", name: named, parts: args.map((one) => shapeAt(one, depth + 1)) }
        : { kind: "ref", name: named };
    // A choice that another package gives a name to, such as ReactNode, is that package's matter.
    if (type.isUnion() && type.aliasSymbol && isForeign(type.aliasSymbol))
      return { kind: "atom", text: type.aliasSymbol.name };
    if (type.isUnion()) return { kind: "union", of: type.types.map((one) => shapeAt(one, depth)) };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { kind: "literal", text: text(type) };
    const isOpen = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
    if (!isOpen || depth > deepest) return { kind: "atom", text: text(type) };
    // What has no name of its own, such as a mapped type, is read.
    if (type.symbol && !type.symbol.name.startsWith("__") && isForeign(type.symbol)) {
      const parts = checker.getTypeArguments(type as ts.TypeReference);
      return { kind: "generic", name: type.symbol.name, parts: parts.map((one) => shapeAt(one, depth + 1)) };
    }
    if (checker.isTupleType(type)) {
      const parts = checker.getTypeArguments(type as ts.TypeReference);
      return { kind: "generic", name: "tuple", parts: parts.map((one) => shapeAt(one, depth + 1)) };
    }
    const properties = checker.getPropertiesOfType(type).map((symbol) => [symbol.name, member(symbol, depth)]);
    const calls = type.getCallSignatures().map((one) => signature(one, depth));
    const object: Shape = { kind: "object", properties: Object.fromEntries(properties) as Record<string, Member> };
    const all = properties.length > 0 || calls.length === 0 ? [...calls, object] : calls;
    const [only, ...others] = all;
    return only && others.length === 0 ? only : { kind: "union", of: all };
  }

  return { shapeOf: (type, name) => shapeAt(type, 0, name) };
}
