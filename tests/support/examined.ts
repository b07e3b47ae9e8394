import { examineGradient } from "../../src/diagnose/gradient/examine_gradient.ts";
import type { ShortFormImplementation } from "../../src/gradients/contract.ts";
import { fromShortForm } from "../../src/gradients/short_form.ts";
import type { Problem } from "../../src/gradients/contract.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import { randomFrom } from "../../src/base/random.ts";
import type { Finding } from "../../src/format/finding.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { assertSpeaks } from "./findings.ts";

/** What diagnose says of the gradient of a program, from a seeded start. Every finding has words. */
export async function examined(
  program: ShortFormImplementation,
  problem: Problem,
  seed = 1,
): Promise<Finding[]> {
  const initial = initialParameters(problem.network, "scaled-normal", seed);
  const findings = await examineGradient(fromShortForm(program), problem, initial, seed);
  findings.forEach(assertSpeaks);
  return findings;
}

/** Sixty random rows in which about `filled` of all pixels are not 0. */
export function randomRows(
  seed: number,
  features: number,
  classes: number,
  { filled, stream } = { filled: 0.6, stream: "random rows" },
): Dataset {
  const random = randomFrom(seed, stream);
  const count = 60;
  return {
    count,
    features,
    classes,
    pixels: Uint8Array.from(
      { length: count * features },
      () => random.uniform() < filled ? random.integer(256) : 0,
    ),
    labels: Uint8Array.from({ length: count }, () => random.integer(classes)),
  };
}
