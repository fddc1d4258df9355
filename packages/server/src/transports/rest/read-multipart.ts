import { limits } from "@causerie/shared";
import busboy from "busboy";
import type { Request } from "express";
import { DomainError } from "../../lib/domain-error.ts";
import { formFields } from "./form-fields.ts";

function malformedForm(cause?: unknown): DomainError {
  return new DomainError("BAD_REQUEST", { message: "The form is malformed.", cause });
}

/** BAD_REQUEST for a form whose header names no boundary. */
function parserOf({ headers }: Request): busboy.Busboy {
  try {
    return busboy({ headers, limits: { files: 1, fieldSize: limits.bodyBytes, fieldNameSize: 100 } });
  } catch (error) {
    throw malformedForm(error);
  }
}

/** The text fields of a multipart form, as an input. Files are refused. */
export async function readMultipart(request: Request): Promise<Record<string, unknown>> {
  if (Number(request.headers["content-length"] ?? 0) > limits.bodyBytes)
    throw new DomainError("PAYLOAD_TOO_LARGE");
  const parser = parserOf(request);
  const pairs: [string, string][] = [];
  await new Promise<void>((resolve, reject) => {
    const malformed = (cause?: unknown) => reject(malformedForm(cause));
    let received = 0;
    request.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (received > limits.bodyBytes) reject(new DomainError("PAYLOAD_TOO_LARGE"));
    });
    // Nothing comes for a part without a name, and for text in a charset that nobody knows.
    parser.on("field", (name: string | undefined, value: string | undefined) => {
      if (name === undefined || value === undefined) malformed();
      else pairs.push([name, value]);
    });
    parser.on("file", (name, stream) => {
      // A file that breaks off is an error of its own stream, which nobody else listens to.
      stream.on("error", malformed).resume();
      reject(
        new DomainError("UNSUPPORTED_MEDIA_TYPE", {
          message: `${name} is a file, which is not accepted here.`,
        }),
      );
    });
    parser.on("error", malformed);
    parser.on("close", resolve);
    request.on("aborted", malformed);
    request.pipe(parser);
  }).finally(() => {
    request.unpipe();
    request.resume();
  });
  return formFields(pairs);
}
