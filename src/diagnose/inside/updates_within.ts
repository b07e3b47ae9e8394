import type { Network } from "../../model/network.ts";
import { type Ask, type Exam, makeSettings } from "./exam.ts";
import { dot, norm, type Vector } from "./linear.ts";
import type { Exactness } from "./readings.ts";

/** Rates that programs have, and factors between them. */
const USUAL = [1, 0.5, 0.1, 0.01, 0.001, 0.05, 0.3, 0.03, 0.2, 0.003, 2, 3, 0.005, 0.02, 5, 10];

/**
 * The rate at which a program updates its parameters between the rows of a minibatch: its gradient for two rows is then
 * g₁(w) + g₂(w − rate · g₁(w)), up to a factor. `askSingle` answers for g₁ and g₂. Undefined where no rate gives that.
 */
export async function findUpdateRate(
  ask: Ask,
  askSingle: Ask,
  network: Network,
  exam: Exam,
  seed: number,
  { fit }: Exactness,
): Promise<number | undefined> {
  const [parameters] = makeSettings(network, seed + 2, exam);
  const [one, two] = exam.plain;
  const both = (await ask(parameters, [one, two])).gradient;
  const first = (await askSingle(parameters, [one])).gradient;
  const errorAt = async (rate: number): Promise<number> => {
    const moved = parameters.map((w, p) => w - rate * first[p]);
    const second = (await askSingle(moved, [two])).gradient;
    return Math.min(
      errorOf(both, first.map((g, p) => g + second[p])),
      errorOf(both, second),
    );
  };
  let best = { rate: 0, error: Infinity };
  for (const rate of USUAL) {
    const error = await errorAt(rate);
    if (error < best.error) best = { rate, error };
  }
  // A rate that is none of these: golden steps around the nearest.
  for (let width = best.rate; best.error > 10 * fit && width > best.rate * 1e-9; width /= 2) {
    for (const rate of [best.rate - width / 2, best.rate + width / 2]) {
      const error = await errorAt(rate);
      if (error < best.error) best = { rate, error };
    }
  }
  const still = await errorAt(0);
  return best.error <= 10 * fit && still > 100 * fit ? Number(best.rate.toPrecision(6)) : undefined;
}

/** ‖a − factor · b‖ / ‖a‖ with the best factor. */
function errorOf(a: Vector, b: Vector): number {
  const factor = dot(a, b) / dot(b, b);
  return norm(a.map((value, p) => value - factor * b[p])) / norm(a);
}
