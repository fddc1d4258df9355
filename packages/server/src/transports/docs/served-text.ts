import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { RequestHandler } from "express";

interface Loaded {
  readonly plain: Buffer;
  readonly zipped: Buffer;
  readonly etag: string;
}

export interface ServedText {
  /** Asked once, at the first request. */
  readonly load: () => string | Promise<string>;
  /** A media type or a file extension. */
  readonly type: string;
  readonly cacheControl: string;
}

/** Serves a text that never changes while the server runs: compressed once, known by its content. */
export function servedText({ load, type, cacheControl }: ServedText): RequestHandler {
  let loading: Promise<Loaded> | undefined;
  return async (request, response) => {
    const { plain, zipped, etag } = await (loading ??= prepare(load));
    const takesZipped = request.acceptsEncodings("gzip") === "gzip";
    if (takesZipped) response.set("Content-Encoding", "gzip");
    response.set({ "Cache-Control": cacheControl, ETag: etag }).vary("Accept-Encoding").type(type);
    response.send(takesZipped ? zipped : plain);
  };
}

async function prepare(load: ServedText["load"]): Promise<Loaded> {
  const plain = Buffer.from(await load());
  const hash = createHash("sha256").update(plain).digest("base64url").slice(0, 22);
  // Weak: the same for the compressed and the plain form.
  return { plain, zipped: await promisify(gzip)(plain), etag: `W/"${hash}"` };
}
