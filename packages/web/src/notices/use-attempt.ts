import { CauserieError } from "@causerie/client";
import { useCallback } from "react";
import { t } from "../i18n/i18n.ts";
import { useServices } from "../services.tsx";

/** A sentence about what went wrong, for people. */
export function errorText({ code }: CauserieError): string {
  switch (code) {
    case "NETWORK":
    case "BAD_RESPONSE":
      return t("error.network");
    case "RATE_LIMITED":
      return t("error.rateLimited");
    case "FORBIDDEN":
      return t("error.forbidden");
    case "NOT_FOUND":
      return t("error.notFound");
    case "OUTBOX_FULL":
      return t("error.outboxFull");
    default:
      return t("error.other");
  }
}

/** Does something that may fail, and tells so in a notice. Resolves to whether it was done. */
export function useAttempt(): (work: () => unknown) => Promise<boolean> {
  const { notices } = useServices();
  return useCallback(
    async (work) => {
      try {
        await work();
        return true;
      } catch (cause) {
        if (!(cause instanceof CauserieError)) throw cause;
        if (cause.code !== "ABORTED") notices.show(errorText(cause));
        return false;
      }
    },
    [notices],
  );
}
