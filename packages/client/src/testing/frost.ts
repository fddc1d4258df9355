import type { Fault } from "./faults.ts";
import { matches, type Passage, type Where } from "./passage.ts";

/** Holds passages up until it thaws. */
export interface Frost {
  freeze(where?: Where): Fault;
  /** Resolves when nothing holds the passage up. */
  thawed(passage: Passage): Promise<void>;
}

export function createFrost(): Frost {
  const freezes = new Set<{ readonly where: Where; readonly thaw: Promise<void>; count: number }>();

  return {
    freeze(where = {}) {
      let stop = () => {};
      const thaw = new Promise<void>((resolve) => (stop = resolve));
      const freeze = { where, thaw, count: 0 };
      freezes.add(freeze);
      return {
        get count() {
          return freeze.count;
        },
        stop() {
          freezes.delete(freeze);
          stop();
        },
      };
    },

    async thawed(passage) {
      const met = new Set<object>();
      for (;;) {
        const freeze = [...freezes].find(({ where }) => matches(passage, where));
        if (!freeze) return;
        if (!met.has(freeze)) freeze.count += 1;
        met.add(freeze);
        await freeze.thaw;
      }
    },
  };
}
