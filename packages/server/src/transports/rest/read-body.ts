import { limits } from "@causerie/shared";
import express, { type Request, type RequestHandler, type Response } from "express";
import { DomainError } from "../../lib/domain-error.ts";
import { formFields } from "./form-fields.ts";
import { readMultipart } from "./read-multipart.ts";

const json = express.json({ limit: limits.bodyBytes, type: "application/json" });
const form = express.text({ limit: limits.bodyBytes, type: "application/x-www-form-urlencoded" });

/** No input is nested at all; what is nested without end exhausts the stack of whoever prints it. */
const maxDepth = 32;

/**
 * Reads a JSON, urlencoded or multipart body into `request.body` and presents it as JSON,
 * the one type that the generated handler takes. No body counts as an empty object. A body
 * that cannot be read goes to `next`, whether or not the caller waits.
 */
export const readBody: RequestHandler = (request, response, next) => {
  read(request, response).then((body) => {
    request.body = body;
    request.headers["content-type"] = "application/json";
    next();
  }, next);
};

async function read(request: Request, response: Response): Promise<object> {
  if (!hasBody(request)) return {};
  if (request.is("application/json")) return checkShape(await runParser(json, request, response));
  if (request.is("application/x-www-form-urlencoded")) {
    return formFields(new URLSearchParams(String(await runParser(form, request, response))));
  }
  if (request.is("multipart/form-data")) return await readMultipart(request);
  request.resume();
  throw new DomainError("UNSUPPORTED_MEDIA_TYPE");
}

/** Whether a request brings a body, however it says so. */
export function hasBody(request: Request): boolean {
  const length = request.headers["content-length"];
  return request.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** What one of Express's parsers makes of the body. */
function runParser(parser: RequestHandler, request: Request, response: Response): Promise<unknown> {
  return new Promise((resolve, reject) => {
    parser(request, response, (error?: unknown) => {
      if (error instanceof Error) reject(error);
      else resolve(request.body);
    });
  });
}

function checkShape(body: unknown): object {
  if (isDeeper(body, maxDepth))
    throw new DomainError("BAD_REQUEST", { message: "The body is nested too deeply." });
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  const msg = "must be an object";
  throw new DomainError("VALIDATION_FAILED", {
    message: `The body ${msg}.`,
    issues: [{ loc: ["body"], msg, type: "type_error" }],
  });
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
