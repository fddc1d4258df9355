import { diskFull } from "./disk-full.ts";
import type { Fault } from "./fault.ts";
import { frozenClients } from "./frozen-clients.ts";
import { hostile } from "./hostile.ts";
import { killRecovery } from "./kill-recovery.ts";
import { kill } from "./kill.ts";
import { locked } from "./locked.ts";
import { longReader } from "./long-reader.ts";
import { memberRemoved } from "./member-removed.ts";
import { postgresKill, postgresServerKill } from "./postgres-kills.ts";
import { powerCut } from "./power-cut.ts";
import { reconnectStorm } from "./reconnect-storm.ts";
import { sdkFaults } from "./sdk-faults.ts";
import { sdkMemory } from "./sdk-memory.ts";
import { slowReaders } from "./slow-readers.ts";

/** All faults, in the order of the report. */
export const allFaults: readonly Fault[] = [
  kill,
  powerCut,
  killRecovery,
  diskFull,
  locked,
  longReader,
  slowReaders,
  frozenClients,
  reconnectStorm,
  hostile,
  memberRemoved,
  postgresServerKill,
  postgresKill,
  ...sdkFaults,
  sdkMemory,
];
