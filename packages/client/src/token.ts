import { CauserieError } from "./errors.ts";

/** An access token, or a function that returns the one to use now. Nothing means: not signed in. */
export type TokenSource = string | undefined | (() => string | undefined | Promise<string | undefined>);

/** The token to use now. What a token function throws becomes a CauserieError, unless it is one. */
export async function readToken(source: TokenSource): Promise<string | undefined> {
  if (typeof source !== "function") return source;
  try {
    return await source();
  } catch (cause) {
    if (cause instanceof CauserieError) throw cause;
    throw new CauserieError("NO_TOKEN", "The token function failed.", { cause });
  }
}
