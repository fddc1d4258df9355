import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { RequestHandler } from "express";

interface Loaded {
  readonly plain: Buffer;
  /** Absent when it is not worth compressing. */
  readonly zipped: Buffer | undefined;
  readonly etag: string;
}

export interface ServedContent {
  /** Asked once, at the first request. */
  readonly load: () => string | Buffer | Promise<string | Buffer>;
  /** A media type or a file extension. */
  readonly type: string;
  readonly cacheControl: string;
  /** Whether it is text, or compresses as well; pictures and fonts are compressed already. */
  readonly compress?: boolean;
}

/** Serves a content that never changes while the handler is used: compressed once, known by its hash. */
export function servedContent(content: ServedContent): RequestHandler {
  let loading: Promise<Loaded> | undefined;
  return async (request, response) => {
    const { plain, zipped, etag } = await (loading ??= prepare(content));
    const sent = zipped && request.acceptsEncodings("gzip") === "gzip" ? zipped : plain;
    if (sent !== plain) response.set("Content-Encoding", "gzip");
    if (zipped) response.vary("Accept-Encoding");
    response.set({ "Cache-Control": content.cacheControl, ETag: etag }).type(content.type).send(sent);
  };
}

async function prepare({ load, compress = true }: ServedContent): Promise<Loaded> {
  const plain = Buffer.from(await load());
  const hash = createHash("sha256").update(plain).digest("base64url").slice(0, 22);
  const zipped = compress ? await promisify(gzip)(plain) : undefined;
  // Weak: the same for the compressed and the plain form.
  return { plain, zipped, etag: `W/"${hash}"` };
}
