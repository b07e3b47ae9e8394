import { type Clock, monotonicNs } from "../base/clock.ts";
import type { CodeChanged } from "../format/reason.ts";
import { type Cell, cellKey, isEvaluated, type TrialRecord } from "../format/trial_record.ts";
import { failedLike, isTooLarge, runPilot, runTrial, skippedTrial } from "../trial/run_trial.ts";
import {
  affordable,
  leastRoundsOf,
  overBudget,
  type Planned,
  sampleBudgetNs,
  shouldWait,
} from "./budget.ts";
import type { Plan } from "../format/plan.ts";
import { deferCostly } from "./defer_costly.ts";
import { originalKey, programOf, roundsOf, trialKey } from "./order_and_keys.ts";
import {
  createPredictor,
  family,
  LEAST_SAMPLING_NS,
  type Predictor,
  trajectorySteps,
} from "./predict.ts";
import { orderOfRound, uniqueCells } from "./schedule.ts";
import { pilotTrials } from "./pilots.ts";
import type { SweepOptions } from "./sweep_options.ts";

/** Least duration of a sample: thousands of steps of the coarsest clock (80 ns). */
const MIN_SAMPLE_NS = 1e6;

/**
 * Runs every trial of the plan that is not done yet, round by round, and appends each to the journal. Returns
 * "interrupted" when `signal` ended it early. Throws InputError when the journal cannot be written.
 */
export async function runSweep(
  options: SweepOptions,
  clock: Clock = monotonicNs,
): Promise<"complete" | "interrupted"> {
  return await new Sweep(options, clock).run();
}

class Sweep {
  private readonly options: SweepOptions;
  private readonly plan: Plan;
  private readonly cells: readonly Cell[];
  private readonly clock: Clock;
  private readonly startNs: number;
  private readonly predictor: Predictor;
  /** Time lost to programs that failed or hung, which the budget does not pay for. */
  private lostNs = 0;
  private readonly records: TrialRecord[] = [];
  private readonly recorded = new Set<string>();
  private leastRounds: number | undefined;
  /** Trials that gave figures, by the key of their cell. */
  private readonly measured = new Map<string, number>();
  /** Keys of cells whose accuracy is known, which earlier trials need not tell. */
  private readonly evaluated = new Set<string>();
  /** Keys of cells that are not run again, each with the record of its later rounds. */
  private readonly closed = new Map<string, (cell: Cell, round: number) => TrialRecord>();

  constructor(options: SweepOptions, clock: Clock) {
    this.options = options;
    this.plan = options.prepared.plan;
    this.cells = options.prepared.cells;
    this.clock = clock;
    this.startNs = clock();
    this.predictor = createPredictor(Math.min(LEAST_SAMPLING_NS, this.plan.maxSampleSeconds * 1e9));
  }

  async run(): Promise<"complete" | "interrupted"> {
    const { plan, options: { done, onEvent } } = this;
    done.forEach((trial) => this.learn(trial));
    const rounds = plan.resolve === undefined ? this.options.prepared.rounds : [1];
    const queue = rounds.flatMap((round) => this.trialsOf(round));
    const trials = Math.max(this.cells.length * rounds.length, done.length);
    onEvent?.({ type: "planned", plan, trials, alreadyDone: done.length });
    this.closeUnavailable();
    await this.pilots(
      queue.length > 0 || plan.resolve === undefined ? queue.map(({ cell }) => cell) : this.cells,
    );
    if (this.options.signal?.aborted) return "interrupted";
    if (await this.runTrials(queue) === "interrupted") return "interrupted";
    return plan.resolve === undefined ? await this.goBeyond() : await this.goOn();
  }

  /** Repeats the unresolved cells while the budget pays for a whole round. */
  private async goOn(): Promise<"complete" | "interrupted"> {
    const { plan, predictor, options: { onEvent, unresolved } } = this;
    for (const round of roundsOf(plan.rounds).slice(1)) {
      const open = unresolved?.(this.records) ?? new Set<string>();
      const queue = this.trialsOf(round).filter(({ cell }) =>
        this.isOpen(cell) && (open.has(cellKey(cell)) || open.has(originalKey(cell)))
      );
      const needed = queue.reduce((sum, { cell }) => sum + predictor.trialNs(cell, plan.epochs), 0);
      if (open.size === 0 || needed > this.remainingNs()) return "complete";
      const trials = this.records.length + queue.length;
      onEvent?.({ type: "extended", trials, openCells: open.size });
      if (await this.runTrials(queue) === "interrupted") return "interrupted";
    }
    return "complete";
  }

  /** Measures cells beyond the plan in all rounds, while the budget pays for them. */
  private async goBeyond(): Promise<"complete" | "interrupted"> {
    const { plan, predictor, options: { onEvent, nextCells } } = this;
    const planned = new Set(this.cells.map(cellKey));
    while (nextCells !== undefined) {
      // A run that is resumed may have begun with some.
      const begun = this.records.map(({ cell }) => cell).filter((one) =>
        !planned.has(cellKey(one))
      );
      const cells = uniqueCells([...begun, ...nextCells(this.records)])
        .filter((cell) => this.isOpen(cell));
      const queue = roundsOf(plan.rounds).flatMap((round) => this.trialsOf(round, cells));
      const needed = queue.reduce((sum, { cell }) => sum + predictor.trialNs(cell, plan.epochs), 0);
      if (queue.length === 0 || needed > this.remainingNs()) break;
      const trials = this.records.length + queue.length;
      onEvent?.({ type: "beyond", trials, cells: uniqueCells(queue.map(({ cell }) => cell)) });
      if (await this.runTrials(queue) === "interrupted") return "interrupted";
    }
    return "complete";
  }

  private isOpen(cell: Cell): boolean {
    return !this.closed.has(cellKey(cell));
  }

  private trialsOf(round: number, cells = this.cells): Planned[] {
    return orderOfRound(cells, this.plan.seeds[0], round)
      .filter((cell) => !this.recorded.has(trialKey(cell, round)))
      .map((cell) => ({ cell, round }));
  }

  private async runTrials(planned: readonly Planned[]): Promise<"complete" | "interrupted"> {
    const queue = [...planned];
    for (let next = 0; next < queue.length; next++) {
      deferCostly(queue, next, {
        isOpen: ({ cell }) => this.isOpen(cell),
        affordable: (trials) => this.affordable(trials),
        shouldWait: (trials) => this.shouldWait(trials),
      });
      const { cell, round } = queue[next];
      const record = this.closed.get(cellKey(cell))?.(cell, round) ??
        await this.trialOrSkip(
          queue.slice(next).filter(({ cell }) => this.isOpen(cell)),
        );
      if (record === undefined) return "interrupted";
      this.options.journal.append(record);
      this.learn(record);
      this.options.onEvent?.({ type: "recorded", record });
    }
    return "complete";
  }

  private shouldWait(trials: readonly Planned[]): boolean {
    return trials[0].round === this.options.prepared.rounds[0] &&
      shouldWait(trials, this.plan.epochs, this.remainingNs(), this.predictor);
  }

  private affordable(trials: readonly Planned[]): Planned[] {
    const { plan: { epochs }, predictor, measured } = this;
    const leftNs = this.remainingNs();
    // The first round shows what was only guessed.
    if (this.leastRounds === undefined || trials[0]?.round === this.options.prepared.rounds[0]) {
      const open = this.cells.filter((cell) => this.isOpen(cell));
      this.leastRounds = leastRoundsOf(open, measured, epochs, leftNs, predictor);
    }
    return affordable(trials, measured, epochs, leftNs, predictor, this.leastRounds);
  }

  /**
   * Runs or skips the first of the trials to come. Decided only now, because every trial so far has improved the
   * prediction. Undefined when interrupted.
   */
  private async trialOrSkip(trials: readonly Planned[]): Promise<TrialRecord | undefined> {
    const { plan, predictor } = this;
    const { prepared, signal, onEvent, limitOf, codeFault } = this.options;
    const { cell, round } = trials[0];
    if (signal?.aborted) return undefined;
    const leftNs = this.remainingNs();
    const paid = this.affordable(trials);
    if (!paid.includes(trials[0])) {
      const reason = overBudget(trials, plan.epochs, leftNs, predictor);
      // Fewer rounds of it than of the others would be left.
      if (!this.measured.has(cellKey(cell))) {
        this.close(cell, (same, later) => skippedTrial(same, later, reason));
      }
      return skippedTrial(cell, round, reason);
    }
    const fault = await codeFault?.(cell);
    if (fault !== undefined) return this.ofOtherCode(fault, cell, round);
    await this.options.beforeTrial?.(cell, round);
    onEvent?.({ type: "started", cell, round });
    // Many short trials say more than a few long ones, because processes differ.
    const isOpen = plan.resolve !== undefined || plan.crossover !== undefined;
    const budgetNs = isOpen ? predictor.leastSampleNs(cell) : sampleBudgetNs(
      [cell, ...paid.filter((one) => one !== trials[0]).map((one) => one.cell)],
      plan.epochs,
      this.remainingNs(),
      plan.maxSampleSeconds * 1e9,
      predictor,
    );
    const predictedNs = predictor.trialNs(cell, plan.epochs) + budgetNs;
    const isFirst = round === prepared.rounds[0];
    const trial = prepared.trial(cell, round, predictedNs, {
      // Only in the first round: the later rounds train the same model.
      training: {
        epochs: plan.epochs,
        ...(isFirst && { predictions: true as const }),
        ...(this.evaluated.has(cellKey(cell)) && { unevaluated: true as const }),
      },
      ...(isFirst && { trajectory: { steps: trajectorySteps(cell, predictor) } }),
      sampling: { engine: plan.engine, budgetNs, minSamples: 1, minSampleNs: MIN_SAMPLE_NS },
    });
    const startNs = this.clock();
    const record = await runTrial({ ...trial, speedLimit: limitOf?.(cell) });
    if (record?.status === "failed") this.lostNs += this.clock() - startNs;
    // After an edit during the trial nobody knows which version its process has read.
    const faultMeanwhile = record && await codeFault?.(cell);
    return faultMeanwhile ? this.ofOtherCode(faultMeanwhile, cell, round) : record;
  }

  private ofOtherCode(change: CodeChanged, cell: Cell, round: number): TrialRecord | undefined {
    return this.options.onCodeFault === "end"
      ? undefined
      : failedLike({ reasons: [change] }, cell, round);
  }

  /** Improves the prediction, and does not repeat a cell that failed. */
  private learn(record: TrialRecord): void {
    const key = cellKey(record.cell);
    this.records.push(record);
    this.recorded.add(trialKey(record.cell, record.round));
    this.predictor.learnTrial(record);
    if (record.status === "ok") this.measured.set(key, (this.measured.get(key) ?? 0) + 1);
    if (record.status === "ok" && isEvaluated(record)) this.evaluated.add(key);
    if (record.status === "failed" && !this.closed.has(key)) {
      const reason = { kind: "not-repeated", round: record.round } as const;
      this.close(record.cell, (cell, round) => skippedTrial(cell, round, reason));
      if (record.reasons?.some(({ kind }) => kind === "timed-out")) this.closeLarger(record);
    }
    if (isTooLarge(record.reasons)) this.closeLarger(record);
  }

  /** What hung would hang again at every larger subset; what cannot hold one cannot hold a larger one. */
  private closeLarger({ cell, reasons = [] }: TrialRecord): void {
    for (const other of this.cells) {
      const key = cellKey(other);
      const isLarger = family(other) === family(cell) && other.examples >= cell.examples;
      if (!isLarger || this.measured.has(key) || this.closed.has(key)) continue;
      this.close(other, (same, round) => failedLike({ reasons }, same, round));
    }
  }

  /** Skips cells whose runtime, implementation or device this machine lacks. */
  private closeUnavailable(): void {
    const { prepared } = this.options;
    for (const cell of this.cells) {
      const reason = prepared.unavailable(cell) ?? prepared.untimed(cell);
      if (reason) this.close(cell, (same, round) => skippedTrial(same, round, reason));
    }
  }

  /** Does not run the cell again; its later rounds get these records. */
  private close(cell: Cell, record: (cell: Cell, round: number) => TrialRecord): void {
    this.closed.set(cellKey(cell), record);
  }

  /**
   * Before anything is measured, opens, verifies and times each implementation in each runtime. One that cannot run then
   * costs one process instead of one per cell.
   */
  private async pilots(queued: readonly Cell[]): Promise<void> {
    const { prepared, signal, onEvent, codeFault } = this.options;
    const isOpen = (cell: Cell) => this.isOpen(cell);
    for (const { cell, pilot } of pilotTrials(prepared, queued, isOpen)) {
      if (signal?.aborted) return;
      onEvent?.({ type: "pilot", cell });
      const startNs = this.clock();
      const result = await runPilot(pilot);
      if (result === undefined) return;
      if (await codeFault?.(cell) !== undefined) continue; // each of its trials reports the change
      if ("failed" in result) {
        this.lostNs += this.clock() - startNs;
        for (const other of this.cells.filter((one) => programOf(one) === programOf(cell))) {
          this.close(other, (same, round) => failedLike(result.failed, same, round));
        }
      } else this.predictor.learnPace(cell, result.nsPerExample, result.wallNs);
    }
  }

  private remainingNs(): number {
    return this.plan.budgetSeconds * 1e9 - (this.clock() - this.startNs - this.lostNs);
  }
}
