import type { Fault } from "./faults.ts";

/** What happens to a connection or a request that the network does not take. */
export type Refusal = "refuse" | "hang";

/** What the network does not take now. */
export interface Blocks {
  add(how: Refusal, via?: "websocket"): Fault;
  /** Asked for each new connection and request. */
  refusalOf(via: "websocket" | "http"): Refusal | undefined;
}

export function createBlocks(): Blocks {
  const blocks = new Set<{ readonly how: Refusal; readonly via: "websocket" | undefined; count: number }>();
  return {
    add(how, via) {
      const block = { how, via, count: 0 };
      blocks.add(block);
      return {
        get count() {
          return block.count;
        },
        stop: () => void blocks.delete(block),
      };
    },
    refusalOf(via) {
      const block = [...blocks].find((one) => one.via === undefined || one.via === via);
      if (block) block.count += 1;
      return block?.how;
    },
  };
}
