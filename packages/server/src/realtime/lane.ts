/**
 * Keeps the calls of one socket in the order they came, up to the point where they start to
 * write: whatever they await before, none overtakes another.
 */
export interface Lane {
  join(): Ticket;
}

/** The place of a call in its lane. */
export interface Ticket {
  /** Resolves when every call before has passed and run as far as it can without waiting. */
  pass(): Promise<void> | undefined;
  /** Says that the call is over, whether it has passed or not. It may be called more than once. */
  leave(): void;
}

interface Place {
  state: "coming" | "waiting" | "done";
  open: () => void;
}

export function createLane(): Lane {
  const places: Place[] = [];
  let isAdvancing = false;

  /** Lets one through; the next follows when the microtasks of this one have run. */
  function advance(): void {
    isAdvancing = false;
    while (places[0]?.state === "done") places.shift();
    const [first] = places;
    if (first?.state !== "waiting") return;
    first.state = "done";
    first.open();
    advanceLater();
  }

  function advanceLater(): void {
    if (isAdvancing) return;
    isAdvancing = true;
    // A tick that is asked for among microtasks comes when none of them is left.
    queueMicrotask(() => process.nextTick(advance));
  }

  return {
    join() {
      const place: Place = { state: "coming", open: () => undefined };
      places.push(place);
      return {
        pass() {
          if (place.state === "done") return undefined;
          if (places[0] === place && !isAdvancing) {
            place.state = "done";
            advanceLater();
            return undefined;
          }
          place.state = "waiting";
          return new Promise((resolve) => (place.open = resolve));
        },
        leave() {
          if (place.state === "done") return;
          place.state = "done";
          advanceLater();
        },
      };
    },
  };
}
