/** Which item of a menu a key goes to, from the one at `current` (-1: none); undefined when the key is none of a menu's. */
export function nextMenuItem(labels: readonly string[], current: number, key: string): number | undefined {
  const count = labels.length;
  if (count === 0) return undefined;
  switch (key) {
    case "ArrowDown":
      return (current + 1) % count;
    case "ArrowUp":
      return current <= 0 ? count - 1 : current - 1;
    case "Home":
      return 0;
    case "End":
      return count - 1;
  }
  // Enter and the space bar choose; every other single character looks for the next item that begins with it.
  if ([...key].length !== 1 || key === " ") return undefined;
  const wanted = key.toLocaleLowerCase();
  const after = labels.map((_, step) => (current + 1 + step) % count);
  return after.find((index) => labels[index]?.trim().toLocaleLowerCase().startsWith(wanted));
}
