import type { Dataset } from "../data/dataset.ts";
import { examplesAt } from "../data/rows.ts";
import type { Kernel, Parameters } from "../gradients/contract.ts";
import { readParameters } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import type { MomentumPlace } from "./declared_momentum.ts";
import type { Fault } from "../format/fault.ts";

/**
 * Calls the kernel on one minibatch. Returns its loss, its gradient (in its own layout) and what it must not have
 * changed but did. The gradient is copied before anything else can run, so later writes do not count.
 */
export async function callKernel(
  kernel: Kernel,
  batch: Uint32Array,
  dataset: Dataset,
): Promise<{ loss: number; gradient: Parameters; fault?: Fault }> {
  const parameters = kernel.parameters.slice();
  const rows = batch.slice();
  const pixels = rowsOf(dataset, rows);
  const labels = rows.map((row) => dataset.labels[row]);
  kernel.gradient.fill(NaN);
  if (kernel.mode === "async") await kernel.push?.();
  const answer = kernel.lossAndGradient(batch);
  const loss = kernel.mode === "async" ? await answer : answer;
  if (kernel.mode === "async") await kernel.pull?.();
  const gradient = kernel.gradient.slice();

  if (typeof loss !== "number") {
    const found = (loss as unknown) instanceof Promise ? {} : { found: asText(loss) };
    return { loss: NaN, gradient, fault: { kind: "loss", ...found } };
  }
  const what = !same(kernel.parameters, parameters)
    ? "parameters"
    : !same(batch, rows)
    ? "row-numbers"
    : !same(rowsOf(dataset, rows), pixels) || !same(rows.map((row) => dataset.labels[row]), labels)
    ? "data"
    : undefined;
  return { loss, gradient, ...(what && { fault: { kind: "changed", what } }) };
}

/** (rows, features) copy of these rows' pixels. */
const rowsOf = (dataset: Dataset, rows: Uint32Array): Uint8Array =>
  examplesAt(dataset, rows).pixels;

/** Bit for bit, except that all NaN are equal. */
export function same(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  for (let i = 0; i < other.length; i++) {
    if (!Object.is(one[i], other[i])) return false;
  }
  return one.length === other.length;
}

/** What a program gave, for a record. */
export const asText = (value: unknown): string => String(value).slice(0, 200);

/** Rate of the one update that is checked before anything is timed. */
const RATE = 0.5;

/** What the kernel's own update comes to. */
interface DescendCheck {
  readonly fault?: Fault | undefined;
  /** Where momentum that is declared must be, by this update; absent: either place. */
  readonly momentumIn?: MomentumPlace;
}

/**
 * Calls the kernel's own `descend`, if it has one, on the gradient just computed. Says if it changes the gradient or
 * does not compute parameters − rate · gradient, or the same with declared momentum.
 */
export async function checkDescend(
  kernel: Kernel,
  network: Network,
  unit: number,
): Promise<DescendCheck> {
  if (kernel.descend === undefined) return {};
  const momentum = network.convention?.momentum;
  const read = (from: Parameters) => readParameters(from, kernel.layout, network);
  const before = read(kernel.parameters);
  const gradient = read(kernel.gradient);
  await kernel.descend(RATE);
  if (kernel.mode === "async") await kernel.pull?.();
  // The audit derives the parameters before an update from those after it and the gradient.
  if (!same(read(kernel.gradient), gradient)) {
    return { fault: { kind: "changed", what: "gradient" } };
  }
  const after = read(kernel.parameters);
  if (momentum === undefined) {
    return { fault: updateFault(RATE, gradient, before, after, unit) };
  }
  await kernel.descend(RATE);
  if (kernel.mode === "async") await kernel.pull?.();
  const parameters = [before, after, read(kernel.parameters)] as const;
  return checkMomentumUpdate(momentum, RATE, gradient, parameters, unit);
}

/**
 * What is wrong with an update (everything in canonical order), beyond the rounding (`unit`) of a product and a
 * difference; undefined if nothing is.
 */
export function updateFault(
  rate: number,
  gradient: Float64Array,
  before: Float64Array,
  after: Float64Array,
  unit: number,
): Fault | undefined {
  for (let p = 0; p < after.length; p++) {
    const step = rate * gradient[p];
    const allowed = 4 * unit * (Math.abs(before[p]) + Math.abs(step));
    if (Math.abs(after[p] - (before[p] - step)) <= allowed) continue;
    const [start, end, expected] = [before[p], after[p], before[p] - step].map(String);
    return { kind: "update", rate, parameter: p, before: start, after: end, expected };
  }
  return undefined;
}

/**
 * The second of two updates with one gradient and momentum; canonical order. Plain descent is right, too: then the
 * momentum must be in the gradient.
 */
function checkMomentumUpdate(
  momentum: number,
  rate: number,
  gradient: Float64Array,
  [start, before, after]: readonly [Float64Array, Float64Array, Float64Array],
  unit: number,
): DescendCheck {
  const isPlain = updateFault(rate, gradient, before, after, unit) === undefined;
  const velocity = gradient.map((g, p) => g + momentum * (start[p] - before[p]) / rate);
  // The step before is a difference of rounded parameters.
  const fault = updateFault(rate, velocity, before, after, 2 * unit);
  if (isPlain) return fault === undefined ? {} : { momentumIn: "gradient" };
  return fault === undefined ? { momentumIn: "update" } : { fault };
}

/** How often and how long to wait for a kernel that should have nothing left to do. */
const TURNS = 10;
const TURN_MS = 4;

/**
 * Whether a kernel's gradient, which held `gradient` when the kernel returned, changes while the event loop runs:
 * through a microtask, a timer or another thread that nobody awaited.
 */
export async function writesLate(kernel: Kernel, gradient: ArrayLike<number>): Promise<boolean> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    if (kernel.mode === "async") await kernel.pull?.();
    if (!same(kernel.gradient, gradient)) return true;
  }
  return false;
}

/** Whether `gradient` is NaN because the kernel leaves its array as it was, and not because it computes NaN. */
export async function writesNothing(
  kernel: Kernel,
  batch: Uint32Array,
  gradient: Parameters,
): Promise<boolean> {
  if (!gradient.every(Number.isNaN) || kernel.mode === "async" && kernel.pull) return false;
  kernel.gradient.fill(MARK);
  await kernel.lossAndGradient(batch);
  return kernel.gradient.every((value) => value === MARK);
}

/** A gradient that is this everywhere was not computed. */
const MARK = 12345;
