import type { account as english } from "./en-account.ts";

/** The texts of the account's pages in French. */
export const account: { readonly [Key in keyof typeof english]: string } = {};
