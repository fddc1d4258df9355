import { actorNames, type Actor } from "./actors.ts";
import { outcomeFor, surfaceNames, type CallRow, type Outcome, type SurfaceName } from "./row.ts";
import type { TargetName } from "./targets.ts";

/** One call to make, and what must come of it. */
export interface Cell {
  readonly target: TargetName;
  readonly actor: Actor;
  readonly surface: SurfaceName;
  readonly expected: Outcome | "no route" | undefined;
}

/** Every call that a row speaks of. */
export function cellsOf(row: CallRow): readonly Cell[] {
  return Object.entries(row.targets).flatMap(([target, cells]) =>
    actorNames.flatMap((actor) =>
      surfaceNames.map((surface) => ({
        target: target as TargetName,
        actor,
        surface,
        expected: row.notOver?.[surface]?.answer ?? outcomeFor(cells, actor),
      })),
    ),
  );
}

const granted: readonly Cell["expected"][] = ["ok", "shown", "hidden"];

/** Whether the call must succeed. */
export function isGranted({ expected }: Cell): boolean {
  return granted.includes(expected);
}
