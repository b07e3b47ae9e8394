import type { Dataset } from "../data/dataset.ts";
import type { Kernel, Parameters } from "../gradients/contract.ts";
import { readParameters } from "../model/layout.ts";
import type { Network } from "../model/network.ts";

/**
 * The kernel's loss and gradient (in its own layout) on one minibatch, and what it broke while computing them.
 * The gradient is copied before anything else can run: what is written later was not there in time.
 */
export async function callKernel(
  kernel: Kernel,
  batch: Uint32Array,
  dataset: Dataset,
): Promise<{ loss: number; gradient: Parameters; fault?: string }> {
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
    return {
      loss: NaN,
      gradient,
      fault: `lossAndGradient gave ${describe(loss)}, expected a number`,
    };
  }
  if (!same(kernel.parameters, parameters)) {
    return { loss, gradient, fault: "it changed the parameters" };
  }
  if (!same(batch, rows)) {
    return { loss, gradient, fault: "it changed the minibatch's row numbers" };
  }
  if (
    !same(rowsOf(dataset, rows), pixels) || !same(rows.map((row) => dataset.labels[row]), labels)
  ) {
    return { loss, gradient, fault: "it changed the data" };
  }
  return { loss, gradient };
}

/** (rows, features) pixels of these rows, copied. */
function rowsOf({ pixels, features }: Dataset, rows: Uint32Array): Uint8Array {
  const copy = new Uint8Array(rows.length * features);
  for (const [n, row] of rows.entries()) {
    copy.set(pixels.subarray(row * features, (row + 1) * features), n * features);
  }
  return copy;
}

/** Bit for bit, but for the many NaN. */
export function same(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  for (let i = 0; i < other.length; i++) {
    if (!Object.is(one[i], other[i])) return false;
  }
  return one.length === other.length;
}

function describe(value: unknown): string {
  return value instanceof Promise ? "a promise from a synchronous kernel" : String(value);
}

/** The rate of the one update that is checked before anything is timed. */
const RATE = 0.5;

/**
 * Calls the kernel's own `descend`, when it has one, on the gradient it just computed. Says what is wrong
 * when the parameters are not parameters − rate · gradient, or the gradient is another; undefined when all is right.
 */
export async function descendFault(
  kernel: Kernel,
  network: Network,
  unit: number,
): Promise<string | undefined> {
  if (kernel.descend === undefined) return undefined;
  const read = (from: Parameters) => readParameters(from, kernel.layout, network);
  const before = read(kernel.parameters);
  const gradient = read(kernel.gradient);
  await kernel.descend(RATE);
  if (kernel.mode === "async") await kernel.pull?.();
  // Re-checks work out the parameters before an update from those after it and the gradient.
  if (!same(read(kernel.gradient), gradient)) return "its descend changed the gradient";
  return updateFault(RATE, gradient, before, read(kernel.parameters), unit);
}

/**
 * What is wrong with one update (all in canonical order), up to the rounding (unit) of a product and a
 * difference; undefined when nothing is.
 */
export function updateFault(
  rate: number,
  gradient: Float64Array,
  before: Float64Array,
  after: Float64Array,
  unit: number,
): string | undefined {
  for (let p = 0; p < after.length; p++) {
    const step = rate * gradient[p];
    const allowed = 4 * unit * (Math.abs(before[p]) + Math.abs(step));
    if (Math.abs(after[p] - (before[p] - step)) <= allowed) continue;
    return `descend(${rate}) turned parameter ${p} (canonical order) from ${before[p]} into ` +
      `${after[p]}, expected ${before[p] - step}`;
  }
  return undefined;
}
