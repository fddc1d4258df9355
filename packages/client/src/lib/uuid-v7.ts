/**
 * A UUID of version 7: it begins with the time `now` in milliseconds, so that keys made later sort later and go
 * to the end of an index. The other 74 bits are drawn from `random`.
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function uuidV7(now: number, random: () => number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  const drawn = (bits: number) => Math.floor(random() * 2 ** bits);
  const time = hex(now, 12);
  const tail = hex(drawn(24), 6) + hex(drawn(24), 6);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(drawn(12), 3)}-${hex(0x8000 + drawn(14), 4)}-${tail}`;
}
