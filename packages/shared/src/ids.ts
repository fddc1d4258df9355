import { z } from "zod";

const decimal = /^\d{1,15}$/;

/**
 * An id in an input. Decimal text is taken too, because paths, query strings and forms
 * carry nothing else. It is a typed pipe rather than a bare number: the REST generator
 * would switch a bare number to coercion for every surface.
 */
export const idInput = z.preprocess(
  (value: number): unknown => (typeof value === "string" && decimal.test(value) ? Number(value) : value),
  z.int().positive(),
);

/** A `seq` in an input; 0 stands before the first message. Decimal text is taken as for ids. */
export const seqInput = z.preprocess(
  (value: number): unknown => (typeof value === "string" && decimal.test(value) ? Number(value) : value),
  z.int().min(0),
);

/** A `seq` in an answer, or 0 where there is none yet. */
export const seq = z.int().min(0);

/** An id in an answer. */
export const id = z.int().positive();

/** A moment: ISO 8601, UTC, milliseconds, `Z`. */
export const timestamp = z.iso
  .datetime({ precision: 3 })
  .meta({ description: "ISO 8601, UTC, with milliseconds." });
