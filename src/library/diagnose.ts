import { type Diagnosis, type Subject, SUBJECTS } from "../diagnose/diagnose_cell.ts";
import { examineTogether } from "../diagnose/examine_together.ts";
import type { DataEvent } from "../data/resolve_data.ts";
import { diagnosisJson, diagnosisText } from "../diagnose/words/diagnosis_text.ts";
import type { PlanInput } from "../format/plan.ts";
import type { Unavailable } from "../format/reason.ts";
import type { Cell } from "../format/trial_record.ts";
import { availableCores } from "../machine/host.ts";
import { reasonText } from "../report/reason_words.ts";
import { type OnLog, prepareSweep } from "../sweep/prepared_sweep.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import type { Setup } from "../sweep/prepared_sweep.ts";
import { type DataChoice, dataOf, givenPlan } from "./measure.ts";

/** What is examined where a plan does not say it: smaller subsets only learn less. */
export const DIAGNOSIS_DEFAULTS: PlanInput = {
  sizes: ["all"],
  // An examination takes up to 20 s; one of a network of half a million weights four times as long.
  trialTimeoutSeconds: 160,
};

interface Examined {
  readonly diagnoses: readonly Diagnosis[];
  /** Cells that an interruption left out. */
  readonly notReached: number;
  readonly skipped: readonly { readonly cell: Cell; readonly skipped: Unavailable }[];
}

interface Examiner {
  readonly signal: AbortSignal;
  readonly subjects: readonly Subject[];
  readonly onLog: OnLog;
  onPrepared?(): Promise<void>;
  onSkip?(cell: Cell, why: Unavailable): void;
  onStart?(cell: Cell, subject: Subject): void;
}

/**
 * Examines the cells of a plan with the most examples: gradient and training of as many as there are cores, then the
 * scaling of one after the other. An interruption leaves out what was not examined.
 */
export async function examineCells(
  setup: Setup,
  { signal, subjects, onLog, onPrepared, onSkip, onStart }: Examiner,
): Promise<Examined> {
  const prepared = await prepareSweep(setup, signal, onLog);
  try {
    await onPrepared?.();
    const examples = Math.max(...setup.plan.sizes);
    const cells = prepared.cells.filter((one) => one.examples === examples);
    const skipped = cells.flatMap((cell) => {
      const unavailable = prepared.unavailable(cell);
      return unavailable === undefined ? [] : [{ cell, skipped: unavailable }];
    });
    skipped.forEach(({ cell, skipped }) => onSkip?.(cell, skipped));
    const examinees = cells.filter((cell) => prepared.unavailable(cell) === undefined)
      .map((cell) => ({
        // Nothing is predicted: the time-out is the one that was given.
        trial: prepared.trial(cell, 1, 0, {}),
        examination: {
          otherNetworks: true,
          epochs: setup.plan.epochs,
          train: setup.data.train,
          subjects,
          onStart: (subject: Subject) => onStart?.(cell, subject),
        } as const,
      }));
    const how = { workers: availableCores(), signal };
    const diagnoses = (await examineTogether(examinees, how)).filter((one) => one !== undefined);
    return { diagnoses, notReached: examinees.length - diagnoses.length, skipped };
  } finally {
    await prepared.close();
  }
}

/** How programs are examined; the plan says which. */
export interface DiagnoseOptions extends DataChoice {
  /** Default: gradient, training and scaling. */
  readonly only?: readonly Subject[] | undefined;
  /** Receives each examination that begins, and where data come from. */
  readonly onEvent?: ((event: { cell: Cell; subject: Subject } | DataEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A diagnosis, or why there is none; `text` says it for people. */
export type DiagnosedProgram =
  & { readonly cell: Cell; readonly text: string }
  & (
    | (ReturnType<typeof diagnosisJson> & { readonly skipped?: never })
    | { readonly skipped: Unavailable; readonly healthy?: never; readonly findings?: never }
  );

/** Examines the programs of a plan. */
export async function diagnose(
  plan: PlanInput,
  options: DiagnoseOptions,
): Promise<DiagnosedProgram[]> {
  const { only = SUBJECTS, onEvent = () => {} } = options;
  const signal = options.signal ?? new AbortController().signal;
  const given = givenPlan(plan);
  // A plug-in alone is meant where no implementation is named.
  const implementations = given.implementations ?? (given.plugins && []);
  const inputs = [DIAGNOSIS_DEFAULTS, { ...given, ...(implementations && { implementations }) }];
  const setup = await resolveSetup(inputs, () => dataOf(options, onEvent, signal), { signal });
  const { diagnoses, skipped } = await examineCells(setup, {
    signal,
    subjects: only,
    onLog: () => {},
    onStart: (cell, subject) => onEvent({ cell, subject }),
  });
  signal.throwIfAborted();
  return [
    ...diagnoses.map((one) => ({
      ...diagnosisJson(one),
      text: diagnosisText(one, 80).join("\n"),
    })),
    ...skipped.map(({ cell, skipped }) => ({ cell, skipped, text: reasonText(skipped) })),
  ];
}
