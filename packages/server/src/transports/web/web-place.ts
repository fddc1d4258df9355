import { join, resolve } from "node:path";

/** Where the web app is on disk. */
export interface WebPlace {
  /** The folder with what was built: `index.html` and all that it loads. */
  readonly folder: string;
  /** The file in which a build says how far it is; without it nothing is ever being built. */
  readonly progress?: string;
}

/** In the package beside this one, where a start builds it, or copied beside the bundle when the server runs built. */
export function ownWebPlace(): WebPlace {
  if (import.meta.url.endsWith(".js")) return { folder: join(import.meta.dirname, "assets/web") };
  const source = resolve(import.meta.dirname, "../../../../web");
  return { folder: join(source, "dist"), progress: join(source, "dist.progress.json") };
}
