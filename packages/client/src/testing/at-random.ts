import type { Fault } from "./faults.ts";
import type { Passage } from "./passage.ts";
import type { Rules } from "./rules.ts";

/** How likely each fault is for each passage, from 0 to 1. */
export interface Chances {
  /** Up to 300 ms. */
  readonly delay?: number;
  /** A request or an answer is lost. A frame or an event is lost with its connection, as none loses single ones. */
  readonly drop?: number;
  readonly cut?: number;
  /** A query, or a message that is sent, arrives twice. */
  readonly repeat?: number;
  /** A request is overtaken by the next. */
  readonly reorder?: number;
}

const bad: Chances = { delay: 0.2, drop: 0.02, cut: 0.01, repeat: 0.05, reorder: 0.05 };

const isRequest = ({ kind }: Passage) => kind === "request";
const isOnConnection = ({ kind }: Passage) => kind === "frame" || kind === "event";
/** What programs between client and server may send again, as nothing comes of that. */
const isRepeatable = ({ kind, method, paths }: Passage) =>
  kind === "request" && (method === "GET" || paths.every((path) => path === "messages.send"));

/** Sets the faults that happen to real connections, and no others. */
export function setAtRandom(rules: Rules, chances: Chances = bad): Fault {
  const { delay = 0, drop = 0, cut = 0, repeat = 0, reorder = 0 } = chances;
  const faults = [
    rules.delay([0, 300], {}, { chance: delay }),
    rules.drop((passage) => !isOnConnection(passage), { chance: drop }),
    rules.cutAt(isOnConnection, { chance: drop }),
    rules.cutAt({}, { chance: cut }),
    rules.repeat(isRepeatable, { chance: repeat }),
    rules.reorder(isRequest, { chance: reorder }),
  ];
  return {
    get count() {
      return faults.reduce((sum, { count }) => sum + count, 0);
    },
    stop: () => faults.forEach((fault) => fault.stop()),
  };
}
