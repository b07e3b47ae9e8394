import { InputError, NoProgram } from "../../base/errors.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { ResolvedData } from "../../data/resolve_data.ts";
import type { PlanInput } from "../../format/plan.ts";
import type { Unavailable } from "../../format/reason.ts";
import {
  type PreparedSweep,
  prepareSweep,
  writeData,
  type WrittenData,
} from "../../sweep/prepared_sweep.ts";
import { resolveSetup } from "../../sweep/resolve_setup.ts";
import type { TrialOptions } from "../../trial/run_trial.ts";
import type { Diagnosis, Subject } from "../diagnose_cell.ts";
import { examineTogether, inParallel } from "../examine_together.ts";

/** One program of many, and what came of it. */
export interface ExaminedProgram {
  /** As it was named. */
  readonly file: string;
  /** Absent where the file could not be loaded. */
  readonly program?: string;
  /** Absent where it could not be loaded, or cannot run here. */
  readonly diagnosis?: Diagnosis;
  readonly refused?: InputError;
  readonly skipped?: Unavailable;
}

export interface ManyPrograms {
  readonly files: readonly string[];
  /** The layers of the plan in which this file is the plug-in; they differ in nothing else. */
  inputsOf(file: string): readonly PlanInput[];
  loadData(): Promise<ResolvedData>;
  readonly subjects: readonly Subject[];
  /** Programs that are examined at the same time; scaling is always measured alone. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** A program was examined, except for its scaling. */
  onExamined(one: ExaminedProgram, count: number, all: number): void;
}

/** What came of several files. */
export interface ExaminedFiles {
  readonly programs: readonly ExaminedProgram[];
  /** Files that offer no program, such as one that others import. */
  readonly withoutProgram: readonly string[];
  /** Some were not examined to the end. */
  readonly interrupted?: true;
}

interface Loaded {
  readonly file: string;
  readonly program: string;
  readonly trial: TrialOptions;
  readonly epochs: number;
}

/**
 * Examines every program of these files, each in processes of its own. One that cannot be loaded, dies or hangs costs
 * its own row; a file that offers none has no row. Returns what was examined until an interruption. Throws InputError
 * where the same keeps all files from being loaded, or none offers a program.
 */
export async function examineMany(given: ManyPrograms): Promise<ExaminedFiles> {
  const { files, workers, signal } = given;
  const data = await given.loadData();
  let written: WrittenData | undefined;
  const load = async (file: string): Promise<(Loaded | ExaminedProgram)[]> => {
    try {
      const setup = await resolveSetup(given.inputsOf(file), () => Promise.resolve(data), {
        signal,
      });
      written ??= await writeData(setup);
      const prepared = await prepareSweep(setup, signal, undefined, written);
      return cellsOf(prepared).map((cell) => {
        const program = cell.implementation;
        const skipped = prepared.unavailable(cell);
        return skipped
          ? { file, program, skipped }
          : { file, program, trial: prepared.trial(cell, 1, 0, {}), epochs: setup.plan.epochs };
      });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return [{ file, refused: error }];
    }
  };
  try {
    // Alone until one is loaded: what it finds and writes, the others share.
    const first: Awaited<ReturnType<typeof load>>[] = [];
    while (written === undefined && first.length < files.length && !signal.aborted) {
      first.push(await load(files[first.length]));
    }
    const others = await inParallel(files.slice(first.length), workers, signal, load);
    const all = [...first, ...others].flatMap((one) => one ?? []);
    const loaded = all.filter((one) => !offersNone(one));
    if (loaded.length === 0) refuseAll(all.filter(offersNone));
    refuseIfAlike(loaded);
    return {
      programs: await examineLoaded(given, loaded, data.train),
      withoutProgram: all.filter(offersNone).map(({ file }) => file),
      ...(signal.aborted && { interrupted: true }),
    };
  } finally {
    await written?.remove();
  }
}

async function examineLoaded(
  { subjects, workers, signal, onExamined }: ManyPrograms,
  loaded: readonly (Loaded | ExaminedProgram)[],
  train: Dataset,
): Promise<ExaminedProgram[]> {
  let count = 0;
  const tell = (one: ExaminedProgram) => onExamined(one, ++count, loaded.length);
  loaded.filter((one) => !isLoaded(one)).forEach(tell);
  const programs = loaded.filter(isLoaded);
  const told = ({ file, program }: Loaded, diagnosis: Diagnosis) => ({ file, program, diagnosis });
  const diagnoses = await examineTogether(
    programs.map(({ trial, epochs }) => ({
      trial,
      examination: { epochs, train, subjects, onStart: () => {} },
    })),
    { workers, signal },
    (diagnosis, i) => tell(told(programs[i], diagnosis)),
  );
  return loaded.flatMap((one) => {
    if (!isLoaded(one)) return [one];
    const diagnosis = diagnoses[programs.indexOf(one)];
    return diagnosis === undefined ? [] : [told(one, diagnosis)];
  });
}

const isLoaded = (one: Loaded | ExaminedProgram): one is Loaded => "trial" in one;

const offersNone = (one: Loaded | ExaminedProgram): boolean =>
  "refused" in one && one.refused instanceof NoProgram;

function refuseAll(files: readonly (Loaded | ExaminedProgram)[]): void {
  const [first] = files;
  if (first === undefined || !("refused" in first) || !first.refused) return; // interrupted
  if (files.length === 1) throw first.refused;
  const { hint } = first.refused;
  throw new InputError(
    `Cannot diagnose these ${files.length} files: none offers a program, expected at least one`,
    hint,
  );
}

/** The largest subset alone: smaller ones only learn less. */
function cellsOf({ plan, cells }: PreparedSweep) {
  const examples = Math.max(...plan.sizes);
  return cells.filter((one) => one.examples === examples);
}

/** A flag that no program can use is no fault of theirs. */
function refuseIfAlike(loaded: readonly (Loaded | ExaminedProgram)[]): void {
  const messages = new Set(
    loaded.map((one) => "refused" in one ? one.refused?.message : undefined),
  );
  const [first] = loaded;
  if (first === undefined) return; // interrupted
  if (messages.size === 1 && "refused" in first && first.refused) throw first.refused;
}
