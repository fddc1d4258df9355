import { connect } from "node:net";
import { maskedFrame } from "./masked-frame.ts";

/** A WebSocket client that does no more than it must, so that the load costs little beside the server. */
export interface RawSocket {
  /** Sends a frame made before. */
  write(frame: Buffer): void;
  send(text: string): void;
  /** Who takes the text frames; until somebody is set they wait. */
  onText(take: (payload: Buffer) => void): void;
  /** The next text frame that matches. Only before `onText`. */
  next(matches: (text: string) => boolean): Promise<string>;
  close(): void;
}

export interface RawSocketOptions {
  readonly port: number;
  readonly path: string;
  /** The address to call from: one address has only so many ports. */
  readonly localAddress?: string | undefined;
  /** A protocol's own sign of life, and the answer to it; nobody else sees these. */
  readonly heartbeat?: { readonly asked: string; readonly answer: string };
}

const textFrame = 1;
const closeFrame = 8;
const pingFrame = 9;
const pongFrame = 10;

/** Opens a socket; fails with what the server said when that was not 101. */
export function openRawSocket({ port, path, localAddress, heartbeat }: RawSocketOptions): Promise<RawSocket> {
  return new Promise((opened, failed) => {
    const socket = connect({
      port,
      host: "127.0.0.1",
      ...(localAddress ? { localAddress } : {}),
      noDelay: true,
    });
    let rest: Buffer = Buffer.alloc(0);
    let isOpen = false;
    let isClosing = false;
    const early: Buffer[] = [];
    const keep = (payload: Buffer) => void early.push(Buffer.from(payload));
    let take: (payload: Buffer) => void = keep;
    let fail: (error: Error) => void = failed;

    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    socket.on("error", (error) => fail(error));
    socket.on("close", () => {
      if (!isClosing) fail(new Error(`The server closed a socket at ${path.slice(0, 20)}.`));
    });
    socket.on("data", (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (!isOpen && !readHandshake()) return;
      readFrames();
    });

    function readHandshake(): boolean {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return false;
      const status = rest.toString("latin1", 0, rest.indexOf("\r\n"));
      if (!status.startsWith("HTTP/1.1 101")) {
        fail(new Error(`A socket was refused: ${status}`));
        socket.destroy();
        return false;
      }
      rest = rest.subarray(end + 4);
      isOpen = true;
      // Later there is nobody to tell, and figures of a load that lost a socket are worth nothing.
      fail = (error) => {
        throw error;
      };
      opened(client);
      return true;
    }

    function isHeartbeat(payload: Buffer): boolean {
      return payload.length === heartbeat?.asked.length && payload.toString("latin1") === heartbeat.asked;
    }

    function readFrames(): void {
      let at = 0;
      while (rest.length - at >= 2) {
        const opcode = (rest[at] ?? 0) & 15;
        let length = rest[at + 1] ?? 0;
        let start = at + 2;
        if (length === 126) {
          if (rest.length - at < 4) break;
          length = rest.readUInt16BE(at + 2);
          start = at + 4;
        } else if (length === 127) {
          if (rest.length - at < 10) break;
          length = Number(rest.readBigUInt64BE(at + 2));
          start = at + 10;
        }
        if (rest.length < start + length) break;
        const payload = rest.subarray(start, start + length);
        at = start + length;
        if (opcode === textFrame && isHeartbeat(payload)) client.send(heartbeat?.answer ?? "");
        else if (opcode === textFrame) take(payload);
        else if (opcode === pingFrame) socket.write(maskedFrame(payload.toString("latin1"), pongFrame));
        else if (opcode === closeFrame && !isClosing) {
          fail(new Error(`The server closed a socket with ${payload.readUInt16BE(0)}.`));
        }
      }
      rest = rest.subarray(at);
    }

    const client: RawSocket = {
      write: (frame) => void socket.write(frame),
      send: (text) => void socket.write(maskedFrame(text)),
      onText(taker) {
        take = taker;
        for (const payload of early.splice(0)) taker(payload);
      },
      next: (matches) =>
        new Promise((found) => {
          const look = (payload: Buffer) => {
            const text = payload.toString();
            if (!matches(text)) return;
            take = keep;
            found(text);
          };
          const waiting = early.splice(0);
          take = look;
          for (const payload of waiting) take(payload);
        }),
      close() {
        isClosing = true;
        socket.destroy();
      },
    };
  });
}
