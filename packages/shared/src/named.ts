import type { z } from "zod";

type Same<One, Other> = [One] extends [Other]
  ? [Other] extends [One]
    ? [keyof One, keyof Other] extends [keyof Other, keyof One]
      ? true
      : false
    : false
  : false;

/**
 * Gives a schema's type the name of an interface that says the same, so that published types hold
 * the name, and its documentation, where they would repeat every field. tsc refuses an interface
 * that differs from its schema.
 */
export function named<Interface>() {
  return <Schema extends z.ZodType>(
    schema: Same<z.output<Schema>, Interface> extends true ? Schema : never,
  ): z.ZodType<Interface, Interface> => schema as unknown as z.ZodType<Interface, Interface>;
}
