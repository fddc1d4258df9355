import { CauserieError } from "@causerie/client";
import { useCallback, useEffect, useRef } from "react";

const pauseMs = 2_000;

/**
 * Loads what is near. What fails is asked for again a little later rather than at each pixel that is scrolled: once by
 * itself, and whenever it is wanted after that.
 */
export function usePatientLoads(): (name: string, work: () => Promise<void>) => void {
  const pauses = useRef(new Map<string, ReturnType<typeof setTimeout>>());

  useEffect(() => {
    const timers = pauses.current;
    return () => timers.forEach((timer) => clearTimeout(timer));
  }, []);

  return useCallback((name, work) => {
    const timers = pauses.current;
    async function run(): Promise<void> {
      try {
        await work();
      } catch (cause) {
        if (!(cause instanceof CauserieError)) throw cause;
        // Given up for another stretch; else the banner tells of the network.
        if (cause.code === "ABORTED") return;
        const again = () => {
          timers.delete(name);
          void run();
        };
        timers.set(name, setTimeout(again, pauseMs));
      }
    }
    if (!timers.has(name)) void run();
  }, []);
}
