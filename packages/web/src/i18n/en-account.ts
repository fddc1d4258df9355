/** The texts of the account's pages in English. */
export const account = {} as const;
