import type { ResetReason } from "@causerie/shared";
import type { LogPlace } from "./cursor.ts";
import type { LogState } from "./log-reader.ts";

/** Why nobody can go on from the place `asked` for; undefined when they can. */
export function resetReason(asked: LogPlace, { epoch, position, floor }: LogState): ResetReason | undefined {
  if (asked.epoch !== epoch) return "epoch_changed";
  if (asked.position > position) return "position_unknown";
  return asked.position < floor ? "too_old" : undefined;
}
