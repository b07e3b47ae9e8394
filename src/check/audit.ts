import { DERIVING_RATE, fusesSteps, type Kernel } from "../gradients/contract.ts";
import { eraseBiases, readParameters } from "../model/layout.ts";
import type { EpochRunner } from "../gradients/epochs.ts";
import type { TrialFault } from "../format/fault.ts";
import { ROUNDING } from "./error_bound.ts";
import { derivedGradient } from "./derived_gradient.ts";
import { updateFault, writesLate } from "./call_kernel.ts";
import {
  type Answer,
  type Comparison,
  type Expected,
  judge,
  withMeantLoss,
} from "./judge_gradient.ts";
import { halfPrecision } from "./explain_error.ts";
import { withMeantMomentum } from "./declared_momentum.ts";
import { explainTimedError } from "./explain_timed_error.ts";
import { createQuickOracle } from "./quick_oracle.ts";
import type { AuditContext } from "./audit_context.ts";
import { isComparable } from "./diverged.ts";
import { checkWholeStretch } from "./whole_stretch.ts";

/** Share of the time since the first sample that the audit may take between samples. */
export const SHARE = 0.05;

/** The bound is first estimated from this many rows; only what exceeds it is compared with a bound over all rows. */
const BOUND_ROWS = 16;

/** Above this many rows per minibatch a re-check takes longer than an epoch, so there is only one. */
const LONG_MINIBATCH = 4096;

export const isLong = (runner: EpochRunner): boolean => runner.rowsOf(0).length > LONG_MINIBATCH;

/**
 * Re-checks steps of a verified kernel, off the clock: the last step of a timed epoch, or any step of an epoch that is
 * run only for the check. The step runs in the timed loop; its gradient is compared with the oracle's afterwards. The
 * parameters before it are not copied, which a kernel could notice, but derived: parameters after it + rate · gradient.
 * So a kernel cannot know in advance which step is checked.
 *
 * A step that fuses gradient and update leaves no gradient. Its epoch is run twice from the same parameters: up to the
 * step after it, and up to it. The difference shows the gradient, and again no copy betrays the step.
 */
export interface Audit {
  /** The first fault found; after it nothing more is checked. */
  readonly fault: TrialFault | undefined;
  /** Steps compared with the oracle. */
  readonly steps: number;
  /** False: `lastStep` looks only at what the kernel must not change, because the step leaves no gradient. */
  readonly checksLastStep: boolean;
  /** Checks the last step of an epoch. Call it as soon as the epoch has ended. */
  lastStep(): Promise<void>;
  /** Calls `start`, runs up to a random step among the first `reach`, and checks that one. */
  randomStep(start: () => Promise<void>, reach: number): Promise<void>;
  /** Checks that a program which runs its steps itself does each of these when asked for all. */
  wholeStretch(start: () => Promise<void>, steps: number): Promise<void>;
  /** True at random, and only while re-checks have not used up their share of the time since `sinceNs`. */
  isTime(sinceNs: number): boolean;
}

export function createAudit(context: AuditContext): Audit {
  const { kernel, precision, problem, runner, rate, clock, random } = context;
  const { network } = problem;
  const quickOracle = createQuickOracle(network, problem.dataset);
  const oracle = (parameters: Float64Array, batch: Uint32Array): Expected => {
    const gradient = new Float64Array(parameters.length);
    const loss = quickOracle(parameters, batch, gradient);
    return { loss, gradient: kernel.withoutBiases ? eraseBiases(network, gradient) : gradient };
  };
  const canonical = (own: Kernel["parameters"]) => readParameters(own, kernel.layout, network);
  const { parameters: ownParameters, gradient: ownGradient } = kernel;
  const isLongMinibatch = isLong(runner);
  const isFused = kernel.mode === "sync" && fusesSteps(kernel);
  const hasMomentum = network.convention?.momentum !== undefined;
  let fault: TrialFault | undefined;
  let steps = 0;
  let spentNs = 0;

  /** Checks what the kernel holds after step `step`; `loss` is what it returned, if known. */
  async function checkStep(step: number, loss?: number): Promise<TrialFault | undefined> {
    if (kernel.mode === "async") await kernel.pull?.();
    // Copied before anything else can run, so later writes do not count.
    const atReturn = kernel.gradient.slice();
    const gradient = canonical(kernel.gradient);
    const parameters = canonical(kernel.parameters).map((value, p) => value + rate * gradient[p]);
    const changed = changeAround(step);
    if (changed !== undefined || isFused || hasMomentum) return changed;
    const batch = runner.rowsOf(step);
    return isComparable(parameters)
      ? await compare(step, { parameters, batch, gradient, loss }, atReturn)
      : undefined;
  }

  /** Checks a step that leaves no gradient. `start` has just run. */
  async function checkFusedStep(step: number): Promise<TrialFault | undefined> {
    const first = kernel.parameters.slice();
    await runner.stretch(0, step);
    const loss = await runner.stretch(step, step + 1);
    const after = canonical(kernel.parameters);
    const changed = changeAround(step);
    if (changed !== undefined) return changed;
    kernel.parameters.set(first);
    await runner.stretch(0, step);
    const parameters = canonical(kernel.parameters);
    if (!isComparable(parameters)) return undefined;
    const gradient = derivedGradient(parameters, after, rate);
    const said = { parameters, batch: runner.rowsOf(step), gradient, loss };
    return await compare(step, said, kernel.gradient.slice());
  }

  /**
   * Checks a step with declared momentum, wherever the program keeps it: how the parameters move in it, and in the one
   * before, which is the same step in an epoch that has no other. `start` has just run.
   */
  async function checkMovedStep(step: number): Promise<TrialFault | undefined> {
    const at: Float64Array[] = [];
    let loss = NaN;
    const before = Math.max(0, step - 1);
    for (const [from, to] of [[0, before], [before, before + 1], [step, step + 1]]) {
      if (from < to) loss = await runner.stretch(from, to);
      if (kernel.mode === "async") await kernel.pull?.();
      at.push(canonical(kernel.parameters));
    }
    const [first, parameters, after] = at;
    const changed = changeAround(step);
    if (changed !== undefined || !at.every(isComparable)) return changed;
    const last = derivedGradient(first, parameters, rate);
    const gradient = derivedGradient(parameters, after, rate);
    const said = { parameters, batch: runner.rowsOf(step), gradient, loss };
    return await compare(step, said, kernel.gradient.slice(), last);
  }

  /** What of everything that is not the kernel's to change has changed. */
  function changeAround(step: number): TrialFault | undefined {
    if (kernel.parameters !== ownParameters || kernel.gradient !== ownGradient) {
      return { kind: "changed", what: "arrays" };
    }
    return context.foreignFault(runner.rowsOf(step)) ??
      (runner.isIntact() ? undefined : { kind: "changed", what: "row-numbers" });
  }

  async function compare(
    step: number,
    said: Omit<Answer, "loss"> & { loss: number | undefined },
    atReturn: Kernel["gradient"],
    last?: Float64Array,
  ): Promise<TrialFault | undefined> {
    const { parameters, batch, gradient } = said;
    const plain = oracle(parameters, batch);
    const own = withMeantMomentum(network, plain, gradient, last, "gradient");
    const expected = said.loss === undefined
      ? own
      : withMeantLoss(problem, { parameters, loss: said.loss }, own);
    const answer: Answer = {
      ...said,
      loss: kernel.returnsLoss === false ? expected.loss : said.loss ?? expected.loss,
      derivedAtRate: isFused || last
        ? rate
        : kernel.derives && ("epochs" in kernel ? rate : DERIVING_RATE),
    };
    steps++;
    const wrong = worstOf(answer, expected);
    if (wrong === undefined) {
      const half = kernel.derives || isFused || last
        ? undefined
        : halfPrecision(gradient, expected.gradient, precision);
      return half && { kind: "wrong-in-step", fault: half };
    }
    // If the previous step's gradient was left standing, its update was repeated.
    const before = step === 0 ? undefined : oracle(
      parameters.map((value, p) => value + rate * gradient[p]),
      runner.rowsOf(step - 1),
    ).gradient;
    const why = await writesLate(kernel, atReturn)
      ? { fault: { kind: "late-writes" } as const }
      : await explainTimedError(context, answer, expected, wrong, before);
    return { kind: "wrong-in-step", ...wrong.found, ...why };
  }

  function worstOf(answer: Answer, expected: Expected): Comparison | undefined {
    const { batch } = answer;
    const place = { batchSize: batch.length };
    const last = judge(problem, precision, answer, expected, place, BOUND_ROWS).at(-1)!;
    if (last.excess <= 1) return undefined;
    // A row near relu's kink, or all rows where it is not 0, may be missing from those that the bound was estimated from.
    if (batch.length <= BOUND_ROWS) return last;
    const careful = judge(problem, precision, answer, expected, place, batch.length).at(-1)!;
    return careful.excess <= 1 ? undefined : careful;
  }

  /** Checks the update of the step after, starting from known parameters. */
  async function checkUpdate(step: number): Promise<TrialFault | undefined> {
    if (kernel.descend === undefined || step >= runner.steps) return undefined;
    const before = canonical(kernel.parameters);
    const loss = runner.stretch(step, step + 1);
    if (kernel.mode === "async") {
      await loss;
      await kernel.pull?.();
    }
    const after = canonical(kernel.parameters);
    if (!isComparable(after)) return undefined;
    const { unit } = ROUNDING[precision];
    const wrong = updateFault(rate, canonical(kernel.gradient), before, after, unit);
    return wrong && { kind: "wrong-in-step", fault: wrong };
  }

  /** Runs step by step until the parameters diverge, and checks that step from known parameters. */
  async function checkDivergence(start: () => Promise<void>, last: number) {
    await start();
    for (let step = 0; step <= last; step++) {
      const parameters = canonical(kernel.parameters);
      const loss = await runner.stretch(step, step + 1);
      if (kernel.mode === "async") await kernel.pull?.();
      if (isComparable(kernel.parameters)) continue;
      const gradient = isFused
        ? derivedGradient(parameters, canonical(kernel.parameters), rate)
        : canonical(kernel.gradient);
      const said = { parameters, batch: runner.rowsOf(step), gradient, loss };
      return await compare(step, said, kernel.gradient.slice());
    }
    return undefined;
  }

  async function timed(work: () => Promise<TrialFault | undefined>): Promise<void> {
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
    checksLastStep: !isFused && !hasMomentum,
    lastStep: () => timed(() => checkStep(runner.steps - 1)),
    wholeStretch: (start, steps) =>
      timed(async () =>
        // The same steps a second time begin with another momentum.
        hasMomentum
          ? undefined
          : await checkWholeStretch(context, start, Math.min(steps, runner.steps))
      ),
    randomStep: (start, reach) =>
      timed(async () => {
        await start();
        if (hasMomentum) {
          // The first step has none before it.
          const last = Math.min(Math.max(reach, 2), runner.steps) - 1;
          return await checkMovedStep(last > 0 ? 1 + random.integer(last) : 0);
        }
        const most = Math.min(isFused ? Math.floor(reach / 2) : reach, runner.steps);
        const step = random.integer(Math.max(1, most));
        const stepsBefore = steps;
        if (isFused) {
          const found = await checkFusedStep(step);
          if (found !== undefined || steps > stepsBefore) return found;
          return await checkDivergence(start, step);
        }
        const before = runner.stretch(0, step);
        if (kernel.mode === "async") await before;
        const loss = runner.stretch(step, step + 1);
        const found = await checkStep(step, typeof loss === "number" ? loss : await loss) ??
          await checkUpdate(step + 1);
        if (found !== undefined || steps > stepsBefore) return found;
        return await checkDivergence(start, step);
      }),
  };
}
