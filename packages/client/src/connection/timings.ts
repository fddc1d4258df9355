/** How long the connection waits for what, in milliseconds. What each means is told in `docs/protocol/sdk.md`. */
export interface Timings {
  readonly open: number;
  readonly firstItem: number;
  readonly call: number;
  readonly slowCall: number;
  readonly silence: number;
  readonly probe: number;
  readonly late: number;
  readonly stable: number;
  /** A stream over SSE that was silent for this long is reopened by a wake-up. */
  readonly sseSilence: number;
  /** The longest that a wake-up takes to act. */
  readonly wakeSpread: number;
  /** The slow check comes in a random moment between this and twice this. */
  readonly slowCheck: number;
  readonly upgrade: number;
  readonly upgradeAtMost: number;
  /** The spans of the back-off; the last one again and again. */
  readonly spans: readonly number[];
}

export const timings: Timings = {
  open: 10_000,
  firstItem: 10_000,
  call: 30_000,
  slowCall: 10_000,
  silence: 60_000,
  probe: 5_000,
  late: 10_000,
  stable: 60_000,
  sseSilence: 35_000,
  wakeSpread: 500,
  slowCheck: 30_000,
  upgrade: 300_000,
  upgradeAtMost: 3_600_000,
  spans: [4_000, 8_000, 15_000],
};
