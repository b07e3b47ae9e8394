import type { Network } from "../model/network.ts";
import type { Expected } from "./judge_gradient.ts";

/**
 * What a program with declared momentum μ should return, if `last` is what it returned before: g + μ · last. Where it has
 * an update of its own, the momentum may be there and the gradient g itself, so the nearer of the two counts.
 */
export function withMeantMomentum<E extends Expected>(
  { convention }: Network,
  expected: E,
  gradient: Float64Array,
  last: Float64Array | undefined,
  hasOwnUpdate: boolean,
): E {
  const momentum = convention?.momentum;
  if (momentum === undefined || last === undefined) return expected;
  const carried = last.map((value) => momentum * value);
  const meant = expected.gradient.map((g, p) => g + carried[p]);
  const isPlain = hasOwnUpdate &&
    distance(gradient, expected.gradient) < distance(gradient, meant);
  return isPlain ? expected : { ...expected, gradient: meant, carried };
}

function distance(a: Float64Array, b: Float64Array): number {
  let squares = 0;
  for (let p = 0; p < a.length; p++) squares += (a[p] - b[p]) ** 2;
  return squares;
}
