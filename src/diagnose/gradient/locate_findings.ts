import type { Finding } from "../../format/finding.ts";
import type { Network } from "../../model/network.ts";
import { type Exam, makeSettings } from "../inside/exam.ts";
import type { Explanation } from "../inside/explain_program.ts";
import type { Vector } from "../inside/linear.ts";
import { backwardPasses, forwardPass, type Pass, type Program } from "../inside/program.ts";
import { simulate } from "../inside/simulate.ts";
import type { ExaminedKernel } from "./examined_kernel.ts";

export const isNormalisation = (one: Finding): boolean =>
  one.id === "clipped" && "form" in one && one.form?.startsWith("normalised-") === true;

/** What a departure changes, as one row shows it: the vector nearest to it first. */
type Shows = (
  pass: Pass,
  l: number,
  program: Program,
  gradient: Vector,
) => readonly (Vector | undefined)[];

const delta: Shows = ({ delta }, l) => [delta[l]];
/** Wᵀ of what is carried, before the slope. */
const below: Shows = ({ raw, delta }, l) => [raw[l], delta[l]];
const deltaOfOutput: Shows = ({ delta }) => [delta[delta.length - 1]];
const activations: Shows = ({ x, output, z }, l) => [l === z.length - 1 ? output : x[l + 1]];
const pixels: Shows = ({ x }) => [x[0]];
const biases: Shows = (pass, l, program) => [program.biases[l].of(pass, l)];

const weights: Shows = ({ layers }, l, _, gradient) => [
  gradient.subarray(layers[l].weightOffset, layers[l].biasOffset),
];

/** y, if the error is a − y. */
const targets: Shows = ({ raw, delta, output }, _, program) => [
  output.map((a, k) => a - raw[raw.length - 1][k] / program.output.factor),
  delta[delta.length - 1],
];

const SHOWN: Readonly<Record<string, Shows>> = {
  "pixel-order": pixels,
  "pixel-map": pixels,
  "pixel-scale": pixels,
  "bias-ignored": ({ z }, l) => [z[l]],
  "dropout": activations,
  "activation-skipped": activations,
  "wrong-activation": activations,
  "target-coding": targets,
  "labels-shifted": targets,
  "missing-output-derivative": deltaOfOutput,
  "softmax-diagonal": deltaOfOutput,
  "other-loss": deltaOfOutput,
  "error-for-delta": below,
  "updated-weights": delta,
  "missing-hidden-derivative": delta,
  "derivative-of-activation": delta,
  "wrong-slope": delta,
  "wrong-backward-weights": below,
  // Named after the layer whose weights they are; δ is that of the layer below.
  "untransposed-backprop": (pass, l, ...rest) => below(pass, l - 1, ...rest),
  "activation-layer-shift": weights,
  "gradient-layout": weights,
  "weight-decay": weights,
  "added-number": weights,
  "clipped": weights,
  "bias-reduction": biases,
  "bias-layer-shift": biases,
};

/**
 * Adds to findings the line of the program after which a variable held the numbers that depart. A row is computed with
 * the program as it was read, so these are its own numbers. Leaves out what is not seen.
 */
export async function locateFindings(
  findings: readonly Finding[],
  { locate, problem: { maxBatchSize: longest } }: ExaminedKernel,
  { simulated, inside }: Explanation,
  network: Network,
  exam: Exam,
  seed: number,
): Promise<Finding[]> {
  if (locate === undefined || simulated === undefined || inside.copies > 1) return [...findings];
  const { program } = simulated;
  const [parameters] = makeSettings(network, seed, exam);
  const row = exam.plain[2];
  const pass = forwardPass(
    program,
    network,
    exam.dataset,
    simulated.readParameters(parameters),
    row,
  );
  backwardPasses(program, [pass]);
  const batch = Uint32Array.of(row);
  const { gradient } = simulate(simulated, network, exam.dataset, parameters, batch, longest);
  const wanted = findings.map((finding) => {
    const { id, layers: [layer = 1] } = finding;
    // Before a gradient is divided by its size, it is a multiple of the same.
    const shows = isNormalisation(finding) ? undefined : SHOWN[id];
    return (shows?.(pass, layer - 1, program, gradient) ?? []).filter((one) =>
      one !== undefined && one.length > 1 && one.every(Number.isFinite)
    );
  });
  const vectors = wanted.flat().filter((one) => one !== undefined);
  if (vectors.length === 0) return [...findings];
  const places = await locate({ parameters, batch }, vectors);
  return findings.map((one, i): Finding => {
    const place = wanted[i].map((vector) => places[vectors.indexOf(vector!)])
      .find((found) => found !== undefined);
    return place && "found" in one ? { ...one, place } : one;
  });
}
