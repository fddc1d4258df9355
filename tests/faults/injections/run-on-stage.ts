import { noCounts, type Verdict } from "../checker/verdict.ts";
import { setStage, type Stage, type StageOptions } from "../stage/stage.ts";
import type { RunOutcome } from "./fault.ts";

/** What a script adds to the verdict of the checker. */
export interface Notes {
  /** Says that something was not as it must be. */
  fault(sentence: string): void;
  measure(name: string, value: number): void;
}

/** What happens on a stage, and how it is judged. */
export type Script = (stage: Stage, notes: Notes) => Promise<Verdict>;

/** Runs a script on a stage of its own. A script that fails is a run that fails, with its history kept. */
export async function runOnStage(seed: number, options: StageOptions, script: Script): Promise<RunOutcome> {
  const stage = await setStage(seed, options);
  const faults: string[] = [];
  const measures: Record<string, number> = {};
  let counts = noCounts();
  try {
    const verdict = await script(stage, {
      fault: (sentence) => void faults.push(sentence),
      measure: (name, value) => void (measures[name] = Math.max(value, measures[name] ?? 0)),
    });
    counts = verdict.counts;
    faults.push(...verdict.faults);
  } catch (error) {
    faults.push(`the run ended early: ${(error as Error).stack ?? String(error)}`);
    faults.push(...stage.server.exits.map((exit) => `exits: ${exit}`));
  } finally {
    await stage.end(faults.length > 0);
  }
  return { counts, faults, measures, history: stage.history.path };
}
