import { limits, type Page } from "@causerie/shared";
import { DomainError } from "../lib/domain-error.ts";

/** A part of a list that grows, oldest first, and whether more lies beyond it. */
export interface PageOf<Item> {
  readonly items: Item[];
  /** `before` or `after` of the next page in the direction walked, or undefined at the end. */
  readonly next:
    | { readonly rel: "prev"; readonly before: number }
    | { readonly rel: "next"; readonly after: number }
    | undefined;
}

/** How a query is bounded: `where id <comparison> <from> order by id <direction> limit <limit>`. */
export interface PageBounds {
  readonly comparison: "<" | ">";
  readonly from: number;
  readonly direction: "asc" | "desc";
  readonly limit: number;
}

/** Reads one page of rows with ids: one row more than asked for tells whether there are others. */
export async function readPage<Row extends { readonly id: number }>(
  page: Page,
  read: (bounds: PageBounds) => Promise<Row[]>,
): Promise<PageOf<Row>> {
  if (page.before !== undefined && page.after !== undefined) {
    const message = "cannot be combined with `before`";
    throw new DomainError("VALIDATION_FAILED", {
      message: `after ${message}.`,
      issues: [{ loc: ["query", "after"], msg: message, type: "value_error" }],
    });
  }
  const asked = page.before !== undefined || page.after !== undefined || page.limit !== undefined;
  const size = page.limit ?? (asked ? limits.pageSize : limits.listSize);

  if (page.after !== undefined) {
    const rows = await read({ comparison: ">", from: page.after, direction: "asc", limit: size + 1 });
    const items = rows.slice(0, size);
    const last = items.at(-1);
    return { items, next: rows.length > size && last ? { rel: "next", after: last.id } : undefined };
  }

  const from = page.before ?? Number.MAX_SAFE_INTEGER;
  const rows = await read({ comparison: "<", from, direction: "desc", limit: size + 1 });
  const items = rows.slice(0, size).reverse();
  const first = items[0];
  return { items, next: rows.length > size && first ? { rel: "prev", before: first.id } : undefined };
}
