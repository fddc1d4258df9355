/** Takes an item, and how large it is. */
export type AddToBatch<Item> = (item: Item, size: number) => void;

/** Gathers the items of one turn into one batch; into several when one would be too large. */
export function createBatches<Item>(
  mostItems: number,
  mostSize: number,
  send: (items: Item[]) => void,
): AddToBatch<Item> {
  let items: Item[] = [];
  let total = 0;

  function flush(): void {
    const batch = items;
    items = [];
    total = 0;
    if (batch.length > 0) send(batch);
  }

  return (item, size) => {
    if (items.length === mostItems || total + size > mostSize) flush();
    if (items.length === 0) queueMicrotask(flush);
    items.push(item);
    total += size;
  };
}
