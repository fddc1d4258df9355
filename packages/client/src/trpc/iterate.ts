import type { CauserieError } from "../errors.ts";
import type { SubscriptionCallbacks } from "./subscription-callbacks.ts";

/** The items of a subscription, to loop over: it starts with the loop, and stops with it. */
export function iterate(
  start: (callbacks: SubscriptionCallbacks) => () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown> {
  const items: unknown[] = [];
  let end: { readonly error?: CauserieError | undefined } | undefined;
  let wake = () => {};
  let stop = () => {};
  const finish = (error?: CauserieError) => {
    if (end) return;
    end = { error };
    stop();
    wake();
  };

  async function* loop(): AsyncGenerator<unknown> {
    stop = start({
      signal,
      onData(item) {
        items.push(item);
        wake();
      },
      onError: finish,
      onComplete: finish,
    });
    try {
      for (;;) {
        while (items.length > 0) yield items.shift();
        if (end?.error) throw end.error;
        if (end) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      finish();
    }
  }

  const generator = loop();
  const leave = generator.return.bind(generator);
  // A generator that waits for an item would put it off until that has come.
  generator.return = (value) => {
    items.length = 0;
    finish();
    return leave(value);
  };
  return generator;
}
