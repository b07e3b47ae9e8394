/** Draws networks with one to three mistakes at random, and says what diagnose must find in them. */
import { randomFrom } from "../../src/base/random.ts";
import { HIDDEN_ACTIVATIONS, type Network, OUTPUT_LOSSES } from "../../src/model/network.ts";
import type { Stages } from "./staged_passes.ts";

type Random = ReturnType<typeof randomFrom>;

/** One mistake: the stages that have it, and its finding, "wrong-slope 1". */
interface Mistake {
  /** Mistakes of one slot exclude each other. */
  readonly slot: string;
  /** Earlier stages first, as findings are ordered. */
  readonly finding: string;
  readonly stages: Stages;
}

export interface Drawn {
  readonly network: Network;
  readonly mistakes: readonly Mistake[];
  readonly stages: Stages;
}

export function drawMistakes(seed: number, count: number): Drawn {
  const random = randomFrom(seed, `${count} mistakes`);
  const network = drawNetwork(random);
  const pool = mistakesOf(network, random);
  const mistakes: Mistake[] = [];
  while (mistakes.length < count) {
    const one = pool[random.integer(pool.length)];
    if (!mistakes.some(({ slot }) => slot === one.slot)) mistakes.push(one);
  }
  return { network, mistakes, stages: mistakes.map(({ stages }) => stages).reduce(merged) };
}

/** Both: tables of layers are joined, lists too. */
function merged(a: Stages, b: Stages): Stages {
  const all: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = all[key];
    all[key] = Array.isArray(old)
      ? [...old, ...value]
      : typeof old === "object"
      ? { ...old, ...value }
      : value;
  }
  return all as Stages;
}

function drawNetwork(random: Random): Network {
  const size = (least: number, most: number) => least + random.integer(most - least + 1);
  const [first, second, third, classes] = [size(6, 12), size(5, 11), size(5, 9), size(3, 6)];
  const depth = random.integer(3);
  return {
    layerSizes: depth === 0
      ? [25, first, classes]
      : depth === 1
      ? [25, first, second === first ? second + 1 : second, classes]
      : [25, first, second, third, classes],
    hiddenActivation: HIDDEN_ACTIVATIONS[random.integer(HIDDEN_ACTIVATIONS.length)],
    outputLoss: OUTPUT_LOSSES[random.integer(OUTPUT_LOSSES.length)],
  };
}

function mistakesOf(network: Network, random: Random): Mistake[] {
  const { layerSizes, hiddenActivation, outputLoss } = network;
  const top = layerSizes.length - 1;
  const all = Array.from({ length: top }, (_, l) => l + 1);
  const hidden = all.slice(0, -1);
  const isQuadratic = outputLoss === "sigmoid-quadratic";
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)];
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const h = pick(hidden);
  const l = pick(all);
  const make = (slot: string, finding: string, stages: Stages): Mistake => ({
    slot,
    finding,
    stages,
  });
  const pixels: Mistake[] = [
    make("pixel", "pixel-map", { pixel: affine(between(0.3, 0.95), between(0.02, 0.4)) }),
    make("pixel", "pixel-map", { pixel: (byte) => (byte / 255) ** 2 }),
    make("pixel", "pixel-map", { pixel: (byte) => (byte > 127 ? byte - 256 : byte) / 255 }),
    make("pixel", "pixel-scale", { pixel: (byte) => byte }),
    make("pixel", "pixel-order", { order: (i, n) => n - 1 - i }),
    make("pixel", "rows-mixed-up", { source: (row, rows) => (row + 7) % rows }),
  ];
  const forward: Mistake[] = [
    make(`forward ${h}`, `activation-skipped ${h}`, { activation: { [h]: (z: number) => z } }),
    make(`forward ${h}`, `wrong-activation ${h}`, {
      activation: { [h]: (z: number) => z / (1 + Math.abs(z)) },
    }),
    make(`forward ${h}`, `bias-ignored ${h}`, { biasFactor: { [h]: 0 } }),
  ];
  const output: Mistake[] = [
    make("target", "target-coding", {
      target: coded(between(0.7, 0.95), between(0.02, 0.2)),
    }),
    make("target", "target-coding", { target: (label) => label }),
    make("target", "labels-shifted", { target: (label, k, n) => Number((label + 1) % n === k) }),
    ...(isQuadratic
      ? [
        make("output", `missing-output-derivative ${top}`, { outputDelta: (a, _, y) => a - y }),
        make("output", `wrong-slope ${top}`, { outputDelta: (a, _, y) => (a - y) * a }),
      ]
      : [
        make("output", `softmax-diagonal ${top}`, {
          outputDelta: (a, _, y) => (a - y) * a * (1 - a),
        }),
      ]),
  ];
  // Without a slope above, its error is its δ.
  const errors = hidden.filter((layer) => isQuadratic || layer < top - 1);
  const e = errors.length > 0 ? pick(errors) : 0;
  const slopes: [string, (z: number, a: number) => number][] = [
    ["wrong-slope", (_, a) => a + 0.1],
    ["wrong-slope", (z) => z > 0 ? 1 : between01(z)],
    ["missing-hidden-derivative", () => 1],
    ["wrong-slope", (_, a) => hiddenActivation === "tanh" ? a * (1 - a) : 1 - a * a],
  ];
  const [slopeId, slope] = pick(slopes);
  const backward: Mistake[] = [
    ...(e > 0 ? [make(`carried ${e}`, `error-for-delta ${e}`, { passesError: [e] })] : []),
    make(`weights ${h}`, `untransposed-backprop ${h + 1}`, { untransposed: [h + 1] }),
    make(`weights ${h}`, `wrong-backward-weights ${h}`, { weights: { [h]: Math.abs } }),
    make(`weights ${h}`, `updated-weights ${h}`, { updated: { [h]: between(0.05, 0.5) } }),
    make(`slope ${h}`, `${slopeId} ${h}`, { slope: { [h]: slope } }),
  ];
  const biases: Mistake[] = [
    ...(isQuadratic || l < top
      ? [make(`bias ${l}`, `bias-reduction ${l}`, { bias: { [l]: "sum" as const } })]
      : []),
    make(`bias ${l}`, `bias-reduction ${l}`, { bias: { [l]: "row-sum" as const } }),
    make(`bias ${l}`, `bias-missing ${l}`, { times: { [`b${l}`]: 0 } }),
    make(`part ${l}`, `scale ${l}`, { times: { [`w${l}`]: between(1.5, 4) } }),
  ];
  const rows: Mistake[] = [
    make("rows", `scale ${all}`, { reduce: "sum" }),
    make("rows", `scale ${all}`, { reduce: "twice" }),
    make("rows", "last-example-only", { reduce: "last" }),
    make("rows", `rows-interact ${all}`, { reduce: "means" }),
  ];
  const afterwards: Mistake[] = [
    make("after", `weight-decay ${all}`, { decay: between(-0.05, 0.05) }),
    make("after", `gradient-layout ${all}`, {
      layout: pick(["biases-first", "transposed", "weights-then-biases"] as const),
    }),
    make("after", "momentum-inside", { momentum: between(0.3, 0.9) }),
  ];
  return [pixels, forward, output, backward, biases, rows, afterwards].map((stage) => pick(stage));
}

const affine = (factor: number, offset: number) => (byte: number) => factor * byte / 255 + offset;

const coded = (hot: number, cold: number) => (label: number, k: number) => k === label ? hot : cold;

/** A leaky slope. */
const between01 = (_: number) => 0.07;
