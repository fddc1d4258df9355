import { limits } from "@causerie/shared";
import busboy from "busboy";
import express, { type Request, type RequestHandler } from "express";
import { DomainError } from "../../lib/domain-error.ts";

const json = express.json({ limit: limits.bodyBytes, type: "application/json" });
const form = express.urlencoded({
  limit: limits.bodyBytes,
  extended: false,
  type: "application/x-www-form-urlencoded",
});

function hasBody(request: Request): boolean {
  const length = request.headers["content-length"];
  return request.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** In a form an empty field is how one says null. */
function nullForEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value === "" ? null : value]),
  );
}

/** The text fields of a multipart form; files are refused. */
async function readMultipart(request: Request): Promise<Record<string, unknown>> {
  if (Number(request.headers["content-length"] ?? 0) > limits.bodyBytes)
    throw new DomainError("PAYLOAD_TOO_LARGE");
  const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  await new Promise<void>((resolve, reject) => {
    const malformed = () => reject(new DomainError("BAD_REQUEST", { message: "The form is malformed." }));
    const parser = busboy({
      headers: request.headers,
      limits: { files: 1, fields: 50, parts: 50, fieldSize: limits.bodyBytes, fieldNameSize: 100 },
    });
    let received = 0;
    request.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (received > limits.bodyBytes) reject(new DomainError("PAYLOAD_TOO_LARGE"));
    });
    parser.on("field", (name, value) => {
      fields[name] = Object.hasOwn(fields, name) ? [fields[name], value].flat() : value;
    });
    parser.on("file", (name, stream) => {
      stream.resume();
      reject(new DomainError("UNSUPPORTED_MEDIA_TYPE", { message: `${name}: files are not accepted here.` }));
    });
    parser.on("error", malformed);
    parser.on("close", resolve);
    request.on("aborted", malformed);
    request.pipe(parser);
  }).finally(() => {
    request.unpipe();
    request.resume();
  });
  return fields;
}

function runParser(
  parser: RequestHandler,
  request: Request,
  response: Parameters<RequestHandler>[1],
): Promise<void> {
  return new Promise((resolve, reject) => {
    parser(request, response, (error?: Error) => (error ? reject(error) : resolve()));
  });
}

/**
 * Reads a JSON, urlencoded or multipart body into `request.body` and presents it as JSON,
 * the one type that the generated handler takes. No body counts as an empty object.
 */
export const readBody: RequestHandler = async (request, response, next) => {
  if (!hasBody(request)) {
    request.body = {};
  } else if (request.is("application/json")) {
    await runParser(json, request, response);
  } else if (request.is("application/x-www-form-urlencoded")) {
    await runParser(form, request, response);
    request.body = nullForEmpty(request.body as Record<string, unknown>);
  } else if (request.is("multipart/form-data")) {
    request.body = nullForEmpty(await readMultipart(request));
  } else {
    request.resume();
    throw new DomainError("UNSUPPORTED_MEDIA_TYPE");
  }
  if (typeof request.body !== "object" || request.body === null || Array.isArray(request.body)) {
    const msg = "must be an object";
    throw new DomainError("VALIDATION_FAILED", {
      message: `body: ${msg}`,
      issues: [{ loc: ["body"], msg, type: "type_error" }],
    });
  }
  request.headers["content-type"] = "application/json";
  next();
};
