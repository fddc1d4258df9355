/** `next`, or `previous` when it holds the very same: so that what did not change is the same object. */
export function keep<Value extends object>(previous: Value | undefined, next: Value): Value {
  if (!previous) return next;
  const keys = Object.keys(next) as (keyof Value)[];
  const isSame =
    keys.length === Object.keys(previous).length && keys.every((key) => Object.is(previous[key], next[key]));
  return isSame ? previous : next;
}
