import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { RequestHandler } from "express";
import { servedContent } from "../served-content.ts";

/** One build of the web app. It is kept in memory, so that the next one can take its place on disk at any time. */
export interface BuiltApp {
  /** Answers with `index.html`. */
  readonly page: RequestHandler;
  /** Answers with the file of that name, encoded as in a URL; undefined where there is none. */
  file(name: string): RequestHandler | undefined;
}

const index = "index.html";
const compressible = /\.(html|m?js|css|svg|json|webmanifest|md|txt|map)$/;
/** Vite puts a hash of the content into the names of these. */
const hashed = /^assets\/.+-[\w-]{8}\.\w+$/;

/** Gives the app that is in `folder`, read again when its page has changed; undefined while there was none. */
export function createBuiltApp(folder: string): () => Promise<BuiltApp | undefined> {
  let kept: { readonly mark: string; readonly app: Promise<BuiltApp | undefined> } | undefined;

  return async () => {
    const mark = await markOf(join(folder, index));
    // While a build is swapped in there is none for a moment.
    if (mark === undefined || mark === kept?.mark) return await kept?.app;
    const before = kept;
    const app = readApp(folder).catch(async (error: unknown) => {
      kept = before;
      if (!isMissing(error)) throw error;
      return await before?.app;
    });
    kept = { mark, app };
    return await app;
  };
}

async function readApp(folder: string): Promise<BuiltApp> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  const files = new Map(
    await Promise.all(names.map(async (name) => [encodeURI(name), await readServed(folder, name)] as const)),
  );
  const page = files.get(index);
  if (!page) throw Object.assign(new Error("The page went while it was read."), { code: "ENOENT" });
  return { page, file: (name) => files.get(name) };
}

async function readServed(folder: string, name: string): Promise<RequestHandler> {
  const bytes = await readFile(join(folder, name));
  return servedContent({
    load: () => bytes,
    type: extname(name),
    cacheControl: hashed.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
    compress: compressible.test(name),
  });
}

/** Tells one version of a file from the next; undefined when there is no file. */
async function markOf(file: string): Promise<string | undefined> {
  try {
    const { mtimeMs, ino } = await stat(file);
    return `${mtimeMs} ${ino}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
