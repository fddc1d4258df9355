/** A client's masks should be unpredictable to whoever is between; here they must only cost the server what they do. */
const mask = [0x5a, 0x13, 0xc7, 0x9e] as const;

/** A text frame as a client sends it. */
export function maskedFrame(text: string, opcode = 1): Buffer {
  const length = Buffer.byteLength(text);
  if (length > 65_535) throw new RangeError("Such long frames are not needed here.");
  const start = length < 126 ? 6 : 8;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x80 | opcode;
  if (length < 126) frame[1] = 0x80 | length;
  else {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  }
  frame.set(mask, start - 4);
  frame.write(text, start);
  for (let at = 0; at < length; at += 1) frame[start + at] = (frame[start + at] ?? 0) ^ (mask[at & 3] ?? 0);
  return frame;
}
