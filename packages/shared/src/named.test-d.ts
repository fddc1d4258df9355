import { z } from "zod";
import { named } from "./named.ts";

interface Point {
  x: number;
  label: string | null;
}
const label = z.string().nullable();

named<Point>()(z.object({ x: z.number(), label }));

// @ts-expect-error -- a field is missing
named<Point>()(z.object({ x: z.number() }));
// @ts-expect-error -- a field too many
named<Point>()(z.object({ x: z.number(), y: z.number(), label }));
// @ts-expect-error -- a field of another type
named<Point>()(z.object({ x: z.string(), label }));
// @ts-expect-error -- a field that may be missing
named<Point>()(z.object({ x: z.number(), label: label.optional() }));
