import type { HiddenActivation, Network } from "../../model/network.ts";
import { type Exam, makeSettings } from "../inside/exam.ts";
import { forwardPass, layersOf } from "../inside/program.ts";
import { readLayers } from "../inside/readings.ts";
import { rightProgram } from "../inside/right_program.ts";
import type { AskKernel } from "./ask_again.ts";
import type { Case, ExaminedKernel } from "./examined_kernel.ts";
import { type Part, partsOf, sizeOf } from "./parts.ts";

/** Hidden layers whose gradients are all 0, or whose activations are, at ordinary parameters, and are not with other biases. */
export interface Silence {
  /** Counted from 1. */
  readonly layers: readonly number[];
  /** Added to the biases so that they answer. */
  readonly raised: number;
  /** What the program adds to W x + b. Absent where that is not one number. */
  readonly offset?: number;
  /** Answers with that taken away: in the layers that are silent, and in all. Empty without `offset`. */
  readonly mended: readonly AskKernel[];
}

/** From small to large, on both sides; a saturated tanh answers only within ±15 of 0. */
const RAISES = [8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 256, 512, 1024]
  .flatMap((by) => [by, -by]);

/** Shares of the right gradient below this are what a saturated sigmoid leaves. */
const NOTHING = 1e-15;

/** Neurons with equal offsets, at least. */
const FEWEST = 5;
const MOST_OTHERS = 0.2;

/**
 * Looks for biases at which silent layers can be read. Undefined where no hidden layer is silent, or they stay so: then
 * their gradients are not computed at all.
 */
export async function findSilence(
  { problem: { network }, closeness, withoutBiases }: ExaminedKernel,
  ask: AskKernel,
  cases: readonly Case[],
  exam: Exam,
  seed: number,
): Promise<Silence | undefined> {
  const top = network.layerSizes.length - 1;
  const isZero = zeroTest(network, cases);
  /** Nothing comes back to a layer, or nothing leaves it. */
  const isSilent = (gradient: Float64Array, layer: number): boolean =>
    isZero(gradient, layer) || isZero(gradient, layer + 1, "weights");
  const hidden = Array.from({ length: top - 1 }, (_, l) => l + 1);
  const silent = hidden.filter((layer) =>
    cases.every(({ gradient }) => isSilent(gradient, layer)) &&
    cases.some(({ expected }) => !isSilent(expected, layer))
  );
  const isWholeZero = cases.every(({ gradient }) => isZero(gradient, top));
  if (silent.length === 0 || isWholeZero || withoutBiases) return undefined;
  const [setting] = makeSettings(network, seed, exam);
  let answering: number | undefined;
  for (const layers of [silent.slice(-1), hidden]) {
    for (const raised of RAISES) {
      const raisedAsk = shifted(network, ask, layers, raised);
      const { gradient } = await raisedAsk({
        parameters: setting,
        batch: Uint32Array.of(exam.plain[0]),
      });
      if (silent.some((layer) => isSilent(gradient, layer))) continue;
      answering ??= raised;
      const offset = await offsetOf(
        network,
        raisedAsk,
        exam,
        setting,
        layers[0],
        raised,
        closeness,
      );
      if (offset === undefined) continue;
      const all = [...hidden, top];
      const mended = [layers, all].map((one) => shifted(network, ask, one, -offset));
      return { layers: silent, raised, offset, mended };
    }
  }
  return answering === undefined ? undefined : { layers: silent, raised: answering, mended: [] };
}

type IsZero = (gradient: Float64Array, layer: number, only?: Part["kind"]) => boolean;

/** Compares parts of a gradient with the largest right ones, and with each other: all may be too small. */
function zeroTest(network: Network, cases: readonly Case[]): IsZero {
  const parts = partsOf(network).map((part) => ({
    part,
    size: Math.max(...cases.map(({ expected }) => sizeOf(expected, part))),
  }));
  return (gradient, layer, only) => {
    const shares = parts.map(({ part, size }) => size > 0 ? sizeOf(gradient, part) / size : 0);
    const most = Math.max(...shares);
    return parts.every(({ part }, i) =>
      part.layer !== layer || (only !== undefined && part.kind !== only) ||
      shares[i] <= NOTHING * most
    );
  };
}

/** Asks with larger biases in these layers. */
const shifted =
  (network: Network, ask: AskKernel, layers: readonly number[], by: number): AskKernel =>
  ({ parameters, batch }) => {
    const moved = parameters.slice();
    for (const layer of layers) {
      const { biasOffset, outputs } = layersOf(network)[layer - 1];
      for (let p = biasOffset; p < biasOffset + outputs; p++) moved[p] += by;
    }
    return ask({ parameters: moved, batch });
  };

/** What is added to z of a layer: its activations are the weight gradient above, divided by the bias gradient. */
async function offsetOf(
  network: Network,
  raisedAsk: AskKernel,
  { dataset, plain }: Exam,
  parameters: Float64Array,
  layer: number,
  raised: number,
  closeness: number,
): Promise<number | undefined> {
  const inverse = INVERSES[network.hiddenActivation];
  const offsets: number[] = [];
  for (const row of plain.slice(0, 3)) {
    const { gradient } = await raisedAsk({ parameters, batch: Uint32Array.of(row) });
    const { program } = rightProgram(network);
    const z = forwardPass(program, network, dataset, parameters, row).z[layer - 1];
    const { matrix, biases } = readLayers(network, gradient)[layer];
    const square = biases.reduce((sum, delta) => sum + delta ** 2, 0);
    for (let i = 0; i < z.length; i++) {
      let sum = 0;
      for (let o = 0; o < biases.length; o++) sum += biases[o] * matrix[o * z.length + i];
      const own = inverse(sum / square);
      if (Number.isFinite(own)) offsets.push(own - z[i] - raised);
    }
  }
  offsets.sort((a, b) => a - b);
  const median = offsets[Math.floor(offsets.length / 2)];
  const tolerance = 100 * closeness * (1 + Math.abs(median) + Math.abs(raised));
  const equal = offsets.filter((one) => Math.abs(one - median) <= tolerance);
  return equal.length >= FEWEST && equal.length >= (1 - MOST_OTHERS) * offsets.length
    ? Number(median.toPrecision(6))
    : undefined;
}

/** z of an activation; not finite where many z have it. */
const INVERSES: Readonly<Record<HiddenActivation, (a: number) => number>> = {
  sigmoid: (a) => Math.log(a / (1 - a)),
  tanh: (a) => Math.abs(a) < 0.9999 ? Math.atanh(a) : NaN,
  relu: (a) => a > 0 ? a : NaN,
};
