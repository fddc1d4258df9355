import { z } from "zod";
import { idInput } from "./ids.ts";
import { limits } from "./limits.ts";

/** How many items a page may have. */
export const limitInput = z.preprocess(
  (value: number): unknown => (typeof value === "string" && /^\d{1,6}$/.test(value) ? Number(value) : value),
  z.int().min(1).max(limits.pageSize),
);

/**
 * How lists that grow are walked. Without parameters: the newest 1,000.
 * `before` walks back and `after` walks forward from an id, `limit` items at a time.
 */
export const pageFields = {
  before: idInput.meta({ description: "Only items older than the one with this id." }).optional(),
  after: idInput.meta({ description: "Only items newer than the one with this id." }).optional(),
  limit: limitInput.meta({ description: `How many items, 1 to ${limits.pageSize}.` }).optional(),
};

export interface Page {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}
