/** Hears ephemeral items. Of those with one key only the last counts. */
export type KeyedListener<Item> = (item: Item, key: string) => void;
