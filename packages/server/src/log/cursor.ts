/** A place in the log. Positions of different epochs do not compare. */
export interface LogPlace {
  readonly epoch: string;
  readonly position: number;
}

export function formatCursor(place: LogPlace): string {
  return `${place.epoch}:${place.position}`;
}

/** Reads a cursor that has passed the contract's pattern. */
export function parseCursor(cursor: string): LogPlace {
  const colon = cursor.lastIndexOf(":");
  return { epoch: cursor.slice(0, colon), position: Number(cursor.slice(colon + 1)) };
}
