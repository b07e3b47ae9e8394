import { targetsIn } from "../../model/convention.ts";
import type { Network } from "../../model/network.ts";
import { LARGE } from "../gradient/probes.ts";
import { type Ask, type Exam, makeSettings } from "./exam.ts";
import { choiceOf } from "./output_forms.ts";
import { forwardPass } from "./program.ts";
import type { Simulated } from "./simulate.ts";
import { limitedForm } from "./small_constants.ts";
import { targetsOf } from "./targets.ts";

/**
 * The same program with a limit in the logarithm of its loss: an example whose label has a smaller output passes on
 * nothing. Such answers are 0, so no stage can be read from them. Here single rows are asked, with large parameters: the
 * limit lies between the greatest output that passes on nothing and the least that does. Undefined where there is none.
 */
export async function limitedInLogarithm(
  ask: Ask,
  simulated: Simulated,
  network: Network,
  exam: Exam,
  seed: number,
): Promise<Simulated | undefined> {
  const { program, readParameters } = simulated;
  const { output } = program;
  if (network.outputLoss !== "softmax-cross-entropy" || output.departures.length > 0) {
    return undefined;
  }
  let [low, high] = [0, 1];
  let isAlsoAbove = false;
  for (const parameters of makeSettings(network, seed + 2, { ...exam, large: LARGE })) {
    for (const row of [...exam.plain, ...exam.real]) {
      const { gradient } = await ask(parameters, [row]);
      const given = readParameters(parameters);
      const pass = forwardPass(program, network, exam.dataset, given, row);
      const a = pass.output[pass.label];
      const isSilent = gradient.every((g) => g === 0);
      if (a > 0.5) isAlsoAbove ||= isSilent && a < 1 - Number.EPSILON;
      else if (isSilent) low = Math.max(low, a);
      else high = Math.min(high, a);
    }
  }
  if (low === 0 || low >= high) return undefined;
  const [target] = targetsOf(2, targetsIn(network));
  const form = limitedForm(isAlsoAbove, roundNumber(low, high));
  return { ...simulated, program: { ...program, output: choiceOf(form, target, output.factor) } };
}

/** A power of ten between two numbers if there is one, else one with few digits. */
function roundNumber(low: number, high: number): number {
  const fits = (value: number) => value > low && value <= high;
  const middle = Math.sqrt(low * high);
  return [
    Number(`1e${Math.ceil(Math.log10(low))}`),
    ...[1, 2, 3].map((digits) => Number(middle.toPrecision(digits))),
  ].find(fits) ?? middle;
}
