import type { Reply } from "../../rpc/context.ts";

/**
 * The `Link` to the next page of a list, relative so that it holds behind any proxy.
 * @see https://www.rfc-editor.org/rfc/rfc8288
 */
export function nextPageLink(url: URL, next: NonNullable<Reply["next"]>): string {
  const query = new URLSearchParams(url.search);
  query.delete("before");
  query.delete("after");
  if ("cursor" in next) query.set("cursor", next.cursor);
  else if (next.rel === "prev") query.set("before", String(next.before));
  else query.set("after", String(next.after));
  return `<${url.pathname}?${query.toString()}>; rel="${next.rel}"`;
}
