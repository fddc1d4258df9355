import type { InputIssue } from "@causerie/shared";
import type { ZodError } from "zod";
import { DomainError } from "../lib/domain-error.ts";

type ZodIssue = ZodError["issues"][number];

/** The error of an input that does not fit its schema: a sentence, and each fault with its field. */
export function inputError(error: ZodError): DomainError {
  const issues = error.issues.flatMap(inputIssues);
  const sentences = issues.map(({ loc, msg }) => `${loc.slice(1).join(".") || "The input"} ${msg}`);
  return new DomainError("VALIDATION_FAILED", { message: `${sentences.join("; ")}.`, issues });
}

/** One zod issue as FastAPI would print it. */
function inputIssues(issue: ZodIssue): InputIssue[] {
  const loc = ["body", ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      loc: [...loc, key],
      msg: "is not a known field",
      type: "extra_forbidden",
    }));
  }
  return [{ loc, ...faultOf(issue) }];
}

/** What is wrong, as the end of a sentence that begins with the field. */
function faultOf(issue: ZodIssue): { msg: string; type: string } {
  const ownWords = issue.message.startsWith("must") ? issue.message : undefined;
  switch (issue.code) {
    case "invalid_type":
      return issue.message.endsWith("received undefined")
        ? { msg: "is required", type: "missing" }
        : { msg: `must be of type ${issue.expected}`, type: "type_error" };
    case "too_small":
      return {
        msg:
          ownWords ?? `must be ${issue.inclusive === false ? "greater than" : "at least"} ${issue.minimum}`,
        type: "value_error",
      };
    case "too_big":
      return {
        msg: ownWords ?? `must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`,
        type: "value_error",
      };
    case "custom":
      // Our schemas give these their words.
      return { msg: issue.message, type: String(issue.params?.["type"] ?? "value_error") };
    case "invalid_format":
      return {
        msg: ownWords ?? "is not of the expected form",
        type: "value_error",
      };
    case "invalid_value":
      return { msg: issue.message, type: issue.message === "is required" ? "missing" : "value_error" };
    default:
      return { msg: "is not one of the values allowed", type: "value_error" };
  }
}
