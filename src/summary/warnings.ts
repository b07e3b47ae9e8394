import type { RunFile } from "../format/plan.ts";
import { isComplete } from "../sweep/run_state.ts";
import type { LoneCellSummary } from "./cell_summary.ts";
import { isSoftware } from "./series.ts";

const FEW_SAMPLES = 5;
const MUCH_STEAL = 0.02;
const LITTLE_CPU = 0.9;
const MUCH_WAITING = 0.02;

/** The trials of a run in short: how many were recorded, and whether some of them have a reason to be told. */
interface Recorded {
  /** The name of the run's folder. */
  readonly run: string;
  readonly trials: number;
  readonly problems: number;
}

/** What a reader must know before believing the figures: whole sentences, each shown by every report. */
export function warningsOf(
  run: RunFile,
  cells: readonly LoneCellSummary[],
  recorded: Recorded,
): string[] {
  const { plan, data } = run;
  const warnings: string[] = [];
  const warn = (sentence: string | false | undefined) => {
    if (sentence) warnings.push(sentence);
  };
  const some = (chosen: readonly unknown[]) => `${chosen.length} of ${cells.length} cells`;

  warn(
    data.synthetic &&
      "The data are synthetic digits, not MNIST: accuracies cannot be compared with MNIST's.",
  );
  warn(!isComplete(run, () => recorded.trials) && interruption(run, recorded));
  warn(
    cells.length === 0 && recorded.problems > 0 &&
      "No trial gave a figure: the problems below say why.",
  );

  const software = cells.filter(({ device }) => isSoftware(device));
  warn(
    software.length > 0 &&
      `${names(software)} ran on ${
        [...new Set(software.map(({ device }) => device))].join(" and ")
      }: the processor computed, and the times say nothing about a GPU.`,
  );
  const single = cells.filter(({ trials }) => trials === 1);
  if (single.length > 0) {
    warn(
      `${single.length === cells.length ? "Every cell" : `In ${some(single)} there`} ` +
        `${
          single.length === cells.length ? "has" : "is"
        } a single trial: the intervals cover noise ` +
        "within one process, not how much processes differ.",
    );
  }
  const few = single.filter(({ samples, warmupSamples }) => samples - warmupSamples < FEW_SAMPLES);
  warn(
    few.length > 0 &&
      `In ${some(few)} there are fewer than ${FEW_SAMPLES} steady samples: their intervals are ` +
        "too narrow to trust (more rounds with --rounds, more time with --budget).",
  );
  for (const went of ["slowdown", "no steady state"] as const) {
    const such = cells.filter(({ steadiness }) => steadiness?.[went] !== undefined);
    const trials = such.reduce((sum, { steadiness }) => sum + (steadiness?.[went] ?? 0), 0);
    warn(
      trials > 0 &&
        `${trials === 1 ? "One trial" : `${trials} trials`} of ${names(such)} ` +
          (went === "slowdown"
            ? "became slower during the samples: the later level counts."
            : "still changed when the samples ended: all of them count."),
    );
  }
  const stolen = cells.filter(({ stealShare = 0 }) => stealShare > MUCH_STEAL);
  warn(
    stolen.length > 0 &&
      `In ${some(stolen)} the hypervisor gave more than ${percent(MUCH_STEAL)} of the machine's ` +
        `time to others (up to ${percent(greatest(stolen.map((c) => c.stealShare ?? 0)))}): ` +
        "other machines on the same host disturbed the times.",
  );
  const hit = cells.filter(({ disturbance }) => (disturbance?.waitedShare ?? 0) > MUCH_WAITING);
  warn(hit.length > 0 && disturbanceSentence(hit, cells.length));
  const guessed = cells.filter(({ disturbance }) => disturbance?.guessed !== undefined);
  warn(
    guessed.length > 0 &&
      `In ${some(guessed)} all time without a CPU counts as waiting for one, because the system ` +
        `does not tell the two apart (${guessed[0].disturbance?.guessed}).`,
  );
  // With a device of its own a process waits for it, as it should.
  const waited = cells.filter(({ cell, device, disturbance, cpuShare = 1 }) =>
    cell.threads === 1 && device === undefined && disturbance === undefined &&
    cpuShare < LITTLE_CPU
  );
  warn(
    waited.length > 0 &&
      `In ${some(waited)} the process had a CPU for less than ${percent(LITTLE_CPU)} of the ` +
        `sampled time (down to ${percent(-greatest(waited.map((c) => -(c.cpuShare ?? 1))))}): ` +
        "other programs on this machine, or waiting, are part of the times.",
  );
  const idle = cells.filter(({ cell, threadsUsed }) =>
    threadsUsed !== undefined && threadsUsed < cell.threads
  );
  for (const [name, ofName] of Map.groupBy(idle, ({ cell }) => cell.implementation)) {
    const batches = [...new Set(ofName.map(({ cell }) => cell.batchSize))].sort((a, b) => a - b);
    const { threadsUsed, cell } = ofName[0];
    warn(
      `${name} used ${threadsUsed} of its ${cell.threads} threads at B = ${batches.join(", ")}: ` +
        "it shares out no minibatches as small as these.",
    );
  }
  const wrong = cells.filter(({ verdict }) => verdict === "wrong");
  warn(
    wrong.length > 0 &&
      `The gradient of ${names(wrong)} is wrong and was timed all the same (--keep-wrong).`,
  );
  warn(
    plan.engine !== "ordered" &&
      `The engine ${plan.engine} sorts its samples: no warm-up could be found and cut.`,
  );
  return warnings;
}

/** That there are fewer trials than the plan asks for, and how to get the others. */
function interruption({ trials: planned, sessions }: RunFile, { run, trials }: Recorded): string {
  const isOpen = sessions[sessions.length - 1].finishedAt === undefined;
  const many = trials === 0 ? "No trial" : trials === 1 ? "1 trial" : `${trials} trials`;
  const counted = planned === undefined || trials === 0 ? many : `${trials} of ${planned} trials`;
  return `${counted}: the run ${isOpen ? "goes on, or was killed:" : "was interrupted;"} ` +
    `\`deno task bench --resume ${run}\` goes on with it.`;
}

/** Who disturbed the cells `hit`, how much, and what became of it. */
function disturbanceSentence(hit: readonly LoneCellSummary[], cells: number): string {
  const worst = hit.reduce((a, b) =>
    b.disturbance!.waitedShare > a.disturbance!.waitedShare ? b : a
  );
  const sum = (of: (disturbance: NonNullable<LoneCellSummary["disturbance"]>) => number) =>
    hit.reduce((total, { disturbance }) => total + of(disturbance!), 0);
  const { cell, disturbance, nsPerEpoch, nsPerEpochAll } = worst;
  const where = `${cell.implementation}, m = ${cell.examples}`;
  const change = nsPerEpochAll && nsPerEpochAll.value / nsPerEpoch.value - 1;
  return `Other programs had the CPU while samples of ${hit.length} of ${cells} cells waited for it, up to ` +
    `${percent(disturbance!.waitedShare)} of the sampled time (${where}): ` +
    `${sum(({ disturbed }) => disturbed)} of ${
      sum(({ samples }) => samples)
    } samples were disturbed, ` +
    `${sum(({ setAside }) => setAside)} of them set aside` +
    (change !== undefined && Math.abs(change) >= 0.001
      ? `; with them that cell would take ${(100 * Math.abs(change)).toFixed(1)} % ` +
        `${change > 0 ? "more" : "less"}.`
      : ".");
}

/** Of the implementations of these cells, each once. */
const names = (cells: readonly LoneCellSummary[]): string =>
  [...new Set(cells.map(({ cell }) => cell.implementation))].join(", ");

const greatest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));

const percent = (share: number): string => `${Math.round(share * 100)} %`;
