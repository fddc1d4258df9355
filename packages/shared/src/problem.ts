import { z } from "zod";

/** An error body of the REST surface. @see https://www.rfc-editor.org/rfc/rfc9457 */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "Always a sentence for people." }),
    instance: z.string(),
    code: z.string().meta({ description: "The stable name of the error: what programs compare." }),
    request_id: z.string(),
    retry_after_ms: z.int().optional(),
    errors: z
      .array(z.object({ loc: z.array(z.union([z.string(), z.int()])), msg: z.string(), type: z.string() }))
      .optional()
      .meta({ description: "With status 422: each fault and the field it is in." }),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof problem>;
