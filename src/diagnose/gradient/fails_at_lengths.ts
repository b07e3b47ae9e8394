import { messageOf } from "../../base/errors.ts";
import type { FixedFinding } from "../../format/finding.ts";
import { referenceGradient } from "../../model/reference.ts";
import type { ExaminedKernel, Question } from "./examined_kernel.ts";
import { distance, partsOf, sizeOf } from "./parts.ts";

/** Lengths that are tried beside the number of classes and the longest. */
const LENGTHS = [1, 2, 3, 4, 5, 7];

/** Whether a program that failed does so at some lengths of a minibatch only; undefined where it fails at all. */
export async function failsAtLengths(
  kernel: ExaminedKernel,
  { parameters }: Question,
  error: unknown,
): Promise<FixedFinding | undefined> {
  const { network, dataset, maxBatchSize } = kernel.problem;
  const classes = network.layerSizes[network.layerSizes.length - 1];
  const lengths = [...new Set([...LENGTHS, classes, maxBatchSize])]
    .filter((length) => length <= maxBatchSize).sort((a, b) => a - b);
  const [works, fails]: [number[], number[]] = [[], []];
  let isRight = true;
  for (const length of lengths) {
    const batch = Uint32Array.from({ length }, (_, n) => n % dataset.count);
    try {
      const { gradient } = await kernel.ask({ parameters, batch });
      const expected = new Float64Array(gradient.length);
      referenceGradient(network, parameters, dataset, batch, expected);
      works.push(length);
      // A single row shows nothing of how rows are told apart.
      isRight &&= length === 1 ||
        partsOf(network).every((part) =>
          distance(gradient, expected, part) <= 10 * kernel.closeness * sizeOf(expected, part)
        );
    } catch {
      fails.push(length);
    }
  }
  if (works.length === 0 || fails.length === 0) return undefined;
  const message = messageOf(error).split("\n")[0].trim().replace(/\.$/, "");
  return { id: "fails-at-lengths", layers: [], works, fails, message, isRight };
}
