import { DomainError } from "../../lib/domain-error.ts";

/** Far more than any operation has. */
const maxFields = 50;

/**
 * The fields of a form as an input: a name that comes twice becomes an array, which no
 * operation takes, and an empty field is how one says null. BAD_REQUEST for too many.
 */
export function formFields(pairs: Iterable<readonly [string, string]>): Record<string, unknown> {
  const fields = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of pairs) {
    count += 1;
    if (count > maxFields) throw new DomainError("BAD_REQUEST", { message: "The form has too many fields." });
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  // Not by assignment, which would lose a field named __proto__ instead of refusing it.
  return Object.fromEntries(
    [...fields].map(([name, values]) => [name, values.length > 1 ? values : values[0] || null]),
  );
}
