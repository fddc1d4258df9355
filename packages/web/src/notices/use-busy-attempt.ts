import { useCallback, useState } from "react";
import { useAttempt } from "./use-attempt.ts";

/** `useAttempt`, and whether what it does is under way. */
export function useBusyAttempt(): [isBusy: boolean, attempt: (work: () => unknown) => Promise<boolean>] {
  const attempt = useAttempt();
  const [isBusy, setBusy] = useState(false);
  const run = useCallback(
    async (work: () => unknown) => {
      setBusy(true);
      const isDone = await attempt(work);
      setBusy(false);
      return isDone;
    },
    [attempt],
  );
  return [isBusy, run];
}
