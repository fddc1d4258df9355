import { createFramePaths } from "./frame-paths.ts";
import type { Verdict } from "./faults.ts";
import type { Passage } from "./passage.ts";
import type { Exchange, Wire } from "./wire.ts";

type WebSocketClass = typeof globalThis.WebSocket;

/** Sockets of Node's `ws` can be cut without a closing handshake. */
type Cuttable = WebSocket & { terminate?: () => void };

const sessionEnded = 4401;
const lost = 1006;

/** A WebSocket class whose sockets go through the faulty network; below they are real ones. */
export function createFaultySocketClass(wire: Wire, Real: WebSocketClass): WebSocketClass {
  let count = 0;

  class FaultySocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSING = 2;
    readonly CLOSED = 3;
    readonly url: string;
    readyState: 0 | 1 | 2 | 3 = 0;
    onopen: ((event: Event) => void) | null = null;
    onmessage: ((event: MessageEvent) => void) | null = null;
    onerror: ((event: Event) => void) | null = null;
    onclose: ((event: Event) => void) | null = null;

    readonly #paths = createFramePaths();
    readonly #toServer;
    readonly #toClient;
    readonly #exchange: Exchange;
    #real: Cuttable | undefined;
    /** The frame that said last whose socket it is. */
    #credential = "";

    constructor(url: string | URL, protocols?: string | string[]) {
      super();
      count += 1;
      this.url = String(url);
      this.#toServer = wire.lane(`socket ${count} to server`, true);
      this.#toClient = wire.lane(`socket ${count} to client`, true);
      this.#exchange = {
        cut: () => this.#end(lost, ""),
        expire: () =>
          wire.expiry.isSpoilt(this.#credential) && this.#end(sessionEnded, "session ended or expired"),
      };
      wire.open.add(this.#exchange);
      const blocked = wire.refusalOf("websocket");
      if (blocked === "refuse") void Promise.resolve().then(() => this.#end(lost, ""));
      if (!blocked) this.#real = this.#connect(protocols);
    }

    get protocol(): string {
      return this.#real?.protocol ?? "";
    }
    get extensions(): string {
      return this.#real?.extensions ?? "";
    }
    get bufferedAmount(): number {
      return this.#real?.bufferedAmount ?? 0;
    }
    get binaryType(): BinaryType {
      return this.#real?.binaryType ?? "blob";
    }
    set binaryType(type: BinaryType) {
      if (this.#real) this.#real.binaryType = type;
    }

    send(data: string): void {
      if (this.readyState === this.CONNECTING)
        throw new DOMException("Still connecting.", "InvalidStateError");
      if (this.readyState !== this.OPEN) return;
      wire.expiry.see(data);
      if (data.includes('"token":"')) this.#credential = data;
      const passage = this.#passage("server", String(data), this.#paths.sent(data));
      this.#toServer.push(passage, (verdict) =>
        this.#arrive(verdict, () => this.#real?.send(wire.expiry.spoil(data))),
      );
    }

    close(code?: number, reason?: string): void {
      if (this.readyState >= this.CLOSING) return;
      this.readyState = this.CLOSING;
      if (!this.#real) return this.#end(lost, "");
      this.#toServer.follow(this.#passage("server"), () => this.#real?.close(code, reason));
    }

    /** As sockets of `ws` have it. */
    terminate(): void {
      this.#end(lost, "");
    }

    #connect(protocols: string | string[] | undefined): Cuttable {
      const real: Cuttable = new Real(this.url, protocols);
      const follow = (arrive: () => void) => this.#toClient.follow(this.#passage("client"), arrive);
      real.addEventListener("open", () =>
        follow(() => {
          if (this.readyState !== this.CONNECTING) return;
          this.readyState = this.OPEN;
          this.#emit(new Event("open"));
        }),
      );
      real.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
        const text = typeof data === "string" ? data : "";
        wire.expiry.see(text);
        const deliver = () =>
          this.readyState === this.OPEN && this.#emit(new MessageEvent("message", { data }));
        this.#toClient.push(this.#passage("client", text, this.#paths.received(text)), (verdict) =>
          this.#arrive(verdict, deliver),
        );
      });
      // What went wrong tells the close that follows.
      real.addEventListener("error", () => {});
      real.addEventListener("close", ({ code, reason, wasClean }) =>
        follow(() => this.#end(code, reason, wasClean)),
      );
      return real;
    }

    #passage(to: Passage["to"], text = "", paths: readonly string[] = []): Passage {
      return { kind: "frame", via: "websocket", to, text, paths };
    }

    #arrive(verdict: Verdict, deliver: () => unknown): void {
      if (this.readyState === this.CLOSED) return;
      if (verdict.cut) return this.#end(lost, "");
      for (let copy = 0; copy < (verdict.drop ? 0 : verdict.copies); copy += 1) deliver();
    }

    #end(code: number, reason: string, wasClean = code !== lost): void {
      if (this.readyState === this.CLOSED) return;
      this.readyState = this.CLOSED;
      wire.open.delete(this.#exchange);
      const real = this.#real;
      this.#real = undefined;
      if (real?.terminate) real.terminate();
      else real?.close();
      if (!wasClean) this.#emit(new Event("error"));
      this.#emit(Object.assign(new Event("close"), { code, reason, wasClean }));
    }

    #emit(event: Event): void {
      this[`on${event.type as "open"}`]?.(event);
      this.dispatchEvent(event);
    }
  }

  return FaultySocket;
}
