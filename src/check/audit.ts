import type { Kernel } from "../gradients/contract.ts";
import { readParameters } from "../model/layout.ts";
import type { EpochRunner } from "../gradients/epochs.ts";
import { ROUNDING } from "./error_bound.ts";
import { updateFault } from "./call_kernel.ts";
import { type Answer, type Comparison, type Expected, judge } from "./judge_gradient.ts";
import { halfPrecision } from "./explain_error.ts";
import { LATE, writesLate } from "./late_writes.ts";
import { explainTimedError } from "./explain_timed_error.ts";
import { createQuickOracle } from "./quick_oracle.ts";
import type { AuditContext } from "./audit_context.ts";

/** Share of the time since the first sample that may go into re-checks between samples. */
export const SHARE = 0.05;

/** Rows from which the bound is estimated at first; only what exceeds that is held against all rows. */
const BOUND_ROWS = 16;

/** This far beyond its bound a gradient is wrong whatever the other rows are like. */
const GROSS = 1000;

/** Larger parameters are those of a training that diverges; products of some of them overflow float32. */
const LARGEST = 1e4;

/** With minibatches above this many rows a re-check takes longer than an epoch: there is a single one. */
const LONG_MINIBATCH = 4096;

export const isLong = (runner: EpochRunner): boolean => runner.rowsOf(0).length > LONG_MINIBATCH;

/** Whether parameters are such that a gradient can be compared at all: not those of a training that diverged. */
export const isSane = (parameters: ArrayLike<number>): boolean =>
  Array.prototype.every.call(parameters, (value: number) => Math.abs(value) < LARGEST);

/**
 * Re-checks the steps of a kernel after it was verified, off the clock: of an epoch that was timed, the last one; of
 * an epoch that is run for the check alone, any. Such an epoch runs undisturbed through the loop that is timed,
 * and only when the step is done is its gradient compared with the oracle's. The parameters before it are not
 * copied, which would take a moment that a kernel could notice, but worked out: those after it + rate · gradient.
 * So a kernel cannot know beforehand which step is looked at.
 */
export interface Audit {
  /** The first thing that was found, in words; nothing more is looked at then. */
  readonly fault: string | undefined;
  /** Steps that were compared with the oracle. */
  readonly steps: number;
  /** To be called at once when an epoch has ended: looks at its last step. */
  lastStep(): Promise<void>;
  /** Starts anew with `start` and runs up to a random step, one of the first `reach`; looks at that. */
  randomStep(start: () => Promise<void>, reach: number): Promise<void>;
  /** By chance, and while re-checks have not taken more than their share of the time since `sinceNs`. */
  isTime(sinceNs: number): boolean;
}

export function createAudit(context: AuditContext): Audit {
  const { kernel, precision, problem, runner, rate, clock, random } = context;
  const { network } = problem;
  const quickOracle = createQuickOracle(network, problem.dataset);
  const oracle = (parameters: Float64Array, batch: Uint32Array): Expected => {
    const gradient = new Float64Array(parameters.length);
    return { loss: quickOracle(parameters, batch, gradient), gradient };
  };
  const canonical = (own: Kernel["parameters"]) => readParameters(own, kernel.layout, network);
  const { parameters: ownParameters, gradient: ownGradient } = kernel;
  const isLongMinibatch = isLong(runner);
  let fault: string | undefined;
  let steps = 0;
  let spentNs = 0;

  /** What the kernel holds after step `step`, for which it gave this loss, where that is known. */
  async function look(step: number, loss?: number): Promise<string | undefined> {
    if (kernel.mode === "async") await kernel.pull?.();
    // Copied before anything else can run: what is written later was not there in time.
    const atReturn = kernel.gradient.slice();
    const gradient = canonical(kernel.gradient);
    const parameters = canonical(kernel.parameters).map((value, p) => value + rate * gradient[p]);
    if (kernel.parameters !== ownParameters || kernel.gradient !== ownGradient) {
      return "it exchanged the array of its parameters or of its gradient for another";
    }
    const batch = runner.rowsOf(step);
    const foreign = context.foreignFault(batch);
    if (foreign !== undefined) return foreign;
    if (!runner.isIntact()) return "it changed the minibatch's row numbers";
    return isSane(parameters)
      ? await compare(step, { parameters, batch, gradient, loss }, atReturn)
      : undefined;
  }

  async function compare(
    step: number,
    said: Omit<Answer, "loss"> & { loss: number | undefined },
    atReturn: Kernel["gradient"],
  ): Promise<string | undefined> {
    const { parameters, batch, gradient } = said;
    const expected = oracle(parameters, batch);
    const answer: Answer = { ...said, loss: said.loss ?? expected.loss };
    steps++;
    const wrong = worstOf(answer, expected);
    if (wrong === undefined) {
      const half = halfPrecision(gradient, precision);
      return half && `it was right when verified but wrong in a timed step: ${half}`;
    }
    const place = `${wrong.where}, relative error ${wrong.relativeError.toPrecision(3)}, ` +
      `expected at most ${wrong.tolerance.toPrecision(3)}`;
    // Where the gradient of the step before stood still, so did its update.
    const before = step === 0 ? undefined : oracle(
      parameters.map((value, p) => value + rate * gradient[p]),
      runner.rowsOf(step - 1),
    ).gradient;
    const trick = await writesLate(kernel, atReturn)
      ? LATE
      : await explainTimedError(context, answer, expected, wrong, before);
    return `it was right when verified but wrong in a timed step (${place}): ${trick}`;
  }

  function worstOf(answer: Answer, expected: Expected): Comparison | undefined {
    const { batch } = answer;
    const place = `minibatch of ${batch.length}`;
    const last = judge(problem, precision, answer, expected, place, BOUND_ROWS).at(-1)!;
    if (last.excess <= 1) return undefined;
    // One row near the kink of relu, not among those that the bound was estimated from, may be the reason.
    if (batch.length <= BOUND_ROWS || !(last.excess <= GROSS)) return last;
    const careful = judge(problem, precision, answer, expected, place, batch.length).at(-1)!;
    return careful.excess <= 1 ? undefined : careful;
  }

  /** The step after the one that was looked at: its update, from parameters that are known. */
  async function lookAtUpdate(step: number): Promise<string | undefined> {
    if (kernel.descend === undefined || step >= runner.steps) return undefined;
    const before = canonical(kernel.parameters);
    const loss = runner.stretch(step, step + 1);
    if (kernel.mode === "async") {
      await loss;
      await kernel.pull?.();
    }
    const after = canonical(kernel.parameters);
    if (!isSane(after)) return undefined;
    const { unit } = ROUNDING[precision];
    const wrong = updateFault(rate, canonical(kernel.gradient), before, after, unit);
    return wrong && `it was right when verified but wrong in a timed step: ${wrong}`;
  }

  /** Steps one by one up to the one after which parameters are no longer sane; looks at that, from known ones. */
  async function lookAtDivergence(start: () => Promise<void>, last: number) {
    await start();
    for (let step = 0; step <= last; step++) {
      const parameters = canonical(kernel.parameters);
      const loss = await runner.stretch(step, step + 1);
      if (kernel.mode === "async") await kernel.pull?.();
      if (isSane(kernel.parameters)) continue;
      const gradient = canonical(kernel.gradient);
      const said = { parameters, batch: runner.rowsOf(step), gradient, loss };
      return await compare(step, said, kernel.gradient.slice());
    }
    return undefined;
  }

  async function watched(work: () => Promise<string | undefined>): Promise<void> {
    if (fault !== undefined) return;
    const start = clock();
    fault = await work();
    spentNs += clock() - start;
  }

  return {
    get fault() {
      return fault;
    },
    get steps() {
      return steps;
    },
    isTime: (sinceNs) =>
      random.uniform() < 0.5 && !isLongMinibatch && spentNs < SHARE * (clock() - sinceNs),
    lastStep: () => watched(() => look(runner.steps - 1)),
    randomStep: (start, reach) =>
      watched(async () => {
        await start();
        const step = random.integer(Math.max(1, Math.min(reach, runner.steps)));
        const before = runner.stretch(0, step);
        if (kernel.mode === "async") await before;
        const loss = runner.stretch(step, step + 1);
        const stepsBefore = steps;
        const found = await look(step, typeof loss === "number" ? loss : await loss) ??
          await lookAtUpdate(step + 1);
        if (found !== undefined || steps > stepsBefore) return found;
        return await lookAtDivergence(start, step);
      }),
  };
}
