import { z } from "zod";

/** One fault of an input, as FastAPI reports it. */
const inputIssue = z.object({
  loc: z.array(z.union([z.string(), z.int()])).meta({ description: "The way to the field." }),
  msg: z.string().meta({ description: "What is wrong with it." }),
  type: z.string().meta({ description: "The kind of fault, such as `missing`." }),
});

/** An error body of the REST surface. @see https://www.rfc-editor.org/rfc/rfc9457 */
export const problem = z
  .object({
    type: z.string().meta({ description: "`about:blank`: the status and `code` say what it is." }),
    title: z.string().meta({ description: "The kind of error, in a few words." }),
    status: z.int().min(400).max(599).meta({ description: "The HTTP status." }),
    detail: z.string().meta({ description: "Always a sentence for people." }),
    instance: z.string().meta({ description: "The path that was called." }),
    code: z.string().meta({ description: "The stable name of the error: what programs compare." }),
    request_id: z.string().meta({ description: "The id of the call, for reports." }),
    retry_after_ms: z.int().min(0).optional().meta({ description: "With 429 and 503: how long to wait." }),
    errors: z
      .array(inputIssue)
      .optional()
      .meta({ description: "With status 422: each fault and the field it is in." }),
  })
  .meta({ id: "Problem", description: "What went wrong, as RFC 9457 has it." });
export type Problem = z.infer<typeof problem>;
