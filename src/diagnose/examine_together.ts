import type { TrialOptions } from "../trial/run_trial.ts";
import {
  diagnoseCell,
  type Diagnosis,
  type Examination,
  interruptedBefore,
  joined,
} from "./diagnose_cell.ts";

/** A program that can be examined. */
export interface Examinee {
  readonly trial: TrialOptions;
  readonly examination: Examination;
}

/**
 * Examines the gradient and the training of as many programs at a time as there are workers; then the scaling of each,
 * alone. `tell` is given what is known of a program before the next one's turn: all but the scaling, unless nothing else
 * is asked for. The answers have the order of the programs; after an interruption they say what it left out, and are
 * undefined where it left out all.
 */
export async function examineTogether(
  programs: readonly Examinee[],
  { workers, signal }: { readonly workers: number; readonly signal: AbortSignal },
  tell: (diagnosis: Diagnosis, program: number) => void = () => {},
): Promise<(Diagnosis | undefined)[]> {
  const answers = await inParallel(programs, workers, signal, async (program, i) => {
    const together = program.examination.subjects.filter((one) => one !== "scaling");
    if (together.length === 0) return undefined;
    const diagnosis = await diagnoseCell(program.trial, {
      ...program.examination,
      subjects: together,
    });
    if (diagnosis === undefined) return undefined;
    if (diagnosis.interrupted === undefined) {
      tell(diagnosis, i);
      return diagnosis;
    }
    return interruptedBefore(
      diagnosis,
      program.examination.subjects.filter((one) => !diagnosis.examined.includes(one)),
    );
  });
  for (const [i, { trial, examination }] of programs.entries()) {
    const isAlone = examination.subjects.every((one) => one === "scaling");
    const before = answers[i];
    // A program that failed above would fail again.
    const isTimed = examination.subjects.includes("scaling") &&
      (isAlone || before?.failures.length === 0);
    if (!isTimed || before?.interrupted) continue;
    const scaling = signal.aborted
      ? undefined
      : await diagnoseCell(trial, { ...examination, subjects: ["scaling"] });
    if (scaling === undefined) {
      answers[i] = before && interruptedBefore(before, ["scaling"]);
      continue;
    }
    answers[i] = before === undefined ? scaling : joined(before, scaling);
    if (isAlone) tell(scaling, i);
  }
  return answers;
}

/** The answers in the order of the items; an interruption leaves the rest undefined. */
export async function inParallel<T, R>(
  items: readonly T[],
  workers: number,
  signal: AbortSignal,
  work: (item: T, index: number) => Promise<R>,
): Promise<(R | undefined)[]> {
  const answers = new Array<R | undefined>(items.length).fill(undefined);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && !signal.aborted) {
      const at = next++;
      answers[at] = await work(items[at], at);
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, items.length) }, worker));
  return answers;
}
