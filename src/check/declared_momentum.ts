import { fusesSteps, type Kernel } from "../gradients/contract.ts";
import { readParameters, writeParameters } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import { derivedGradient } from "./derived_gradient.ts";
import type { Expected } from "./judge_gradient.ts";

/** Where a program has its declared momentum. */
export type MomentumPlace = "gradient" | "update";

/**
 * What a program with declared momentum μ should return, if `last` is what it returned before: g + μ · last, or g itself
 * where the momentum is in its update. Where the place is unknown, the nearer of the two counts.
 */
export function withMeantMomentum<E extends Expected>(
  { convention }: Network,
  expected: E,
  gradient: Float64Array,
  last: Float64Array | undefined,
  place: MomentumPlace | undefined,
): E {
  const momentum = convention?.momentum;
  if (momentum === undefined || last === undefined || place === "update") return expected;
  const meant = carry(expected.gradient, momentum, last);
  const isPlain = place === undefined &&
    distance(gradient, expected.gradient) < distance(gradient, meant);
  const carried = last.map((value) => momentum * value);
  return isPlain ? expected : { ...expected, gradient: meant, carried };
}

/** Rate of the two steps that show momentum. */
const RATE = 0.5;

/**
 * Whether declared momentum shows in two steps of a program's own from the same parameters, with the same rows; `plain` is
 * their right gradient (canonical order, as `parameters`). False where it has no steps of its own. Leaves the parameters
 * changed.
 */
export async function stepsCarryMomentum(
  kernel: Kernel,
  network: Network,
  parameters: Float64Array,
  batch: Uint32Array,
  plain: Float64Array,
): Promise<boolean> {
  const momentum = network.convention?.momentum;
  if (momentum === undefined || !fusesSteps(kernel)) return false;
  const read = () => readParameters(kernel.parameters, kernel.layout, network);
  if (kernel.mode === "async") await kernel.epochs?.arrange(batch, batch.length);
  const step = async () => {
    writeParameters(parameters, network, kernel.layout, kernel.parameters);
    const before = read();
    if (kernel.mode === "sync") kernel.step?.(batch, RATE);
    else {
      await kernel.push?.();
      await kernel.epochs?.run(0, 1, RATE, 1);
      await kernel.pull?.();
    }
    return derivedGradient(before, read(), RATE);
  };
  const first = await step();
  const second = await step();
  return distance(second, carry(plain, momentum, first)) < distance(second, plain);
}

const carry = (gradient: Float64Array, momentum: number, last: Float64Array): Float64Array =>
  gradient.map((g, p) => g + momentum * last[p]);

function distance(a: Float64Array, b: Float64Array): number {
  let squares = 0;
  for (let p = 0; p < a.length; p++) squares += (a[p] - b[p]) ** 2;
  return Math.sqrt(squares);
}
