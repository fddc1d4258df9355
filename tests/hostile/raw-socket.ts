import { connect, type Socket } from "node:net";

/** A bare TCP connection, to say what no well-behaved client says. */
export interface RawSocket extends Disposable {
  readonly socket: Socket;
  /** What came back so far, one character per byte. */
  text(): string;
  /** Resolves with everything received once the server has ended or reset the connection. */
  closed(withinMs?: number): Promise<string>;
  /** Resolves with everything received once it matches. */
  received(pattern: RegExp, withinMs?: number): Promise<string>;
}

/** Connects and sends `bytes`; a string is sent one byte per character. */
export function openRaw(port: number, bytes: string | Buffer): RawSocket {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  const text = () => Buffer.concat(chunks).toString("latin1");
  let over = false;
  let look = () => {};
  // A server that resets a hostile connection does its duty.
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    look();
  });
  socket.on("end", () => {
    over = true;
    look();
  });
  socket.on("close", () => {
    over = true;
    look();
  });
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);

  async function until(isTrue: () => boolean, what: string, withinMs: number): Promise<string> {
    const deadline = Date.now() + withinMs;
    while (!isTrue()) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`${what} did not happen within ${withinMs} ms; received ${text().slice(-500)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        look = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return text();
  }

  return {
    socket,
    text,
    closed: (withinMs = 5000) => until(() => over, "The end", withinMs),
    received: (pattern, withinMs = 5000) =>
      until(() => pattern.test(text()), `An answer like ${pattern.source}`, withinMs),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** The lines of a WebSocket handshake; `headers` replaces headers, or with null leaves them out. */
export function handshake(
  path: string,
  headers: Readonly<Record<string, string | null>> = {},
  extra: readonly string[] = [],
): string {
  const all = {
    Host: "127.0.0.1",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return [`GET ${path} HTTP/1.1`, ...lines, ...extra, "", ""].join("\r\n");
}

export interface FrameOptions {
  /** First byte: FIN, the three reserved bits and the opcode. A final text frame unless given. */
  readonly head?: number;
  readonly payload?: string | Buffer;
  /** Clients must mask; a hostile one may not. */
  readonly masked?: boolean;
  /** A length to claim instead of the true one, as 64 bits. */
  readonly claimedLength?: bigint;
}

/** One WebSocket frame as bytes. @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export function frame({ head = 0x81, payload = "", masked = true, claimedLength }: FrameOptions): Buffer {
  const data = Buffer.from(payload);
  const mask = Buffer.from([1, 2, 3, 4]);
  const body = masked ? data.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : data;
  return Buffer.concat([
    Buffer.from([head]),
    lengthBytes(claimedLength ?? BigInt(data.length), masked, claimedLength !== undefined),
    masked ? mask : Buffer.alloc(0),
    body,
  ]);
}

function lengthBytes(length: bigint, masked: boolean, full: boolean): Buffer {
  const bit = masked ? 0x80 : 0;
  if (!full && length < 126n) return Buffer.from([bit | Number(length)]);
  if (!full && length < 65_536n) {
    const bytes = Buffer.from([bit | 126, 0, 0]);
    bytes.writeUInt16BE(Number(length), 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = bit | 127;
  bytes.writeBigUInt64BE(length, 1);
  return bytes;
}

/** The code of the close frame at the end of what a server sent, if there is one. */
export function closeCodeIn(received: string): number | undefined {
  const bytes = Buffer.from(received, "latin1");
  let at = bytes.indexOf("\r\n\r\n") + 4;
  while (at + 2 <= bytes.length) {
    const opcode = (bytes[at] ?? 0) & 0x0f;
    let length = (bytes[at + 1] ?? 0) & 0x7f;
    at += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    if (opcode === 8) return length >= 2 ? bytes.readUInt16BE(at) : 1005;
    at += length;
  }
  return undefined;
}
