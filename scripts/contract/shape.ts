/**
 * What a value may be, wherever that is written down: a JSON schema and a TypeScript type become the
 * same, so that one comparison knows them all.
 */
export type Shape =
  | { readonly kind: "atom"; readonly text: string; readonly limits?: Readonly<Record<string, number>> }
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "object"; readonly properties: Readonly<Record<string, Member>> }
  | { readonly kind: "union"; readonly of: readonly Shape[] }
  | { readonly kind: "generic"; readonly name: string; readonly parts: readonly Shape[] }
  | { readonly kind: "function"; readonly parameters: readonly Member[]; readonly returns: Shape }
  | { readonly kind: "ref"; readonly name: string };

export interface Member {
  readonly required: boolean;
  readonly shape: Shape;
}

/** Whether users hand it in (`in`) or get it (`out`). */
export type Direction = "in" | "out";

/** One thing that is promised under a name, with the direction in which it is used. */
export interface Promised {
  /** `as used` for what is a name alone: how it is used shows where others refer to it. */
  readonly direction: Direction | "as used";
  readonly shape: Shape;
}

/** All that one surface promises. `named` are the shapes that others refer to. */
export interface Contract {
  readonly promises: Readonly<Record<string, Promised>>;
  readonly named: Readonly<Record<string, Shape>>;
}

/** A change that something written against the contract may not survive. */
export interface Break {
  /** What a changeset has to name: a procedure, a path or an export. */
  readonly subject: string;
  readonly what: string;
}
