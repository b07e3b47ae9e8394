import type { Dataset } from "../../data/dataset.ts";
import type { Kernel } from "../../gradients/contract.ts";
import { readParameters } from "../../model/layout.ts";
import type { Network } from "../../model/network.ts";

/** The kernel's loss on one minibatch, or what it broke while computing it. */
export async function ask(
  kernel: Kernel,
  batch: Uint32Array,
  dataset: Dataset,
): Promise<{ loss: number; fault?: string }> {
  const parameters = kernel.parameters.slice();
  const rows = batch.slice();
  const pixels = rowsOf(dataset, rows);
  const labels = rows.map((row) => dataset.labels[row]);
  kernel.gradient.fill(NaN);
  if (kernel.mode === "async") await kernel.push?.();
  const answer = kernel.lossAndGradient(batch);
  const loss = kernel.mode === "async" ? await answer : answer;
  if (kernel.mode === "async") await kernel.pull?.();

  if (typeof loss !== "number") {
    return { loss: NaN, fault: `lossAndGradient gave ${describe(loss)}, expected a number` };
  }
  if (!same(kernel.parameters, parameters)) return { loss, fault: "it changed the parameters" };
  if (!same(batch, rows)) return { loss, fault: "it changed the minibatch's row numbers" };
  if (
    !same(rowsOf(dataset, rows), pixels) || !same(rows.map((row) => dataset.labels[row]), labels)
  ) {
    return { loss, fault: "it changed the data" };
  }
  return { loss };
}

/** (rows, features) pixels of these rows, copied. */
function rowsOf({ pixels, features }: Dataset, rows: Uint32Array): Uint8Array {
  const copy = new Uint8Array(rows.length * features);
  for (const [n, row] of rows.entries()) {
    copy.set(pixels.subarray(row * features, (row + 1) * features), n * features);
  }
  return copy;
}

function same(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  for (let i = 0; i < other.length; i++) {
    if (!Object.is(one[i], other[i])) return false;
  }
  return one.length === other.length;
}

function describe(value: unknown): string {
  return value instanceof Promise ? "a promise from a synchronous kernel" : String(value);
}

/** The rate of the one update that is checked. */
const RATE = 0.5;

/**
 * Calls the kernel's own `descend`, when it has one, on the gradient it just computed. Says what is wrong
 * when the parameters are not parameters − rate · gradient up to the rounding (unit) of a product and a
 * difference; undefined when they are.
 */
export async function descendFault(
  kernel: Kernel,
  network: Network,
  unit: number,
): Promise<string | undefined> {
  if (kernel.descend === undefined) return undefined;
  const before = readParameters(kernel.parameters, kernel.layout, network);
  const gradient = readParameters(kernel.gradient, kernel.layout, network);
  await kernel.descend(RATE);
  if (kernel.mode === "async") await kernel.pull?.();
  const after = readParameters(kernel.parameters, kernel.layout, network);
  for (let p = 0; p < after.length; p++) {
    const step = RATE * gradient[p];
    const allowed = 4 * unit * (Math.abs(before[p]) + Math.abs(step));
    if (Math.abs(after[p] - (before[p] - step)) <= allowed) continue;
    return `descend(${RATE}) turned parameter ${p} (canonical order) from ${before[p]} into ` +
      `${after[p]}, expected ${before[p] - step}`;
  }
  return undefined;
}
