import type { Dataset } from "../../data/dataset.ts";
import type { Stage } from "../../format/finding.ts";
import type { Network } from "../../model/network.ts";
import { findBackward, rightBackward } from "./backward.ts";
import { findBiases, rightBiases } from "./biases.ts";
import { type Branch, forwardBranches, withOtherLastSums } from "./forward.ts";
import { OWN_INPUT } from "./forward_formulas.ts";
import { norm, times, type Vector } from "./linear.ts";
import { activationNamed, asFactor } from "./functions.ts";
import { findOutput, rightOutput } from "./output.ts";
import { pixelChoices, rightPixels, tabulated } from "./pixels.ts";
import {
  applied,
  type BackwardChoice,
  type BiasChoice,
  forwardPass,
  layersOf,
  type OutputChoice,
  type Pass,
  type Program,
  rawBelow,
} from "./program.ts";
import { deltaOfWeights, type Exactness, type Reading } from "./readings.ts";
import { areShared, sharedRowsOf, withoutRounding } from "./shared_rows.ts";
import { deltaRead, usablePasses } from "./usable_passes.ts";

/** A stage that no formula fits. */
export interface Unexplained {
  readonly stage: Stage;
  /** Counted from 0. */
  readonly layer: number;
  /** Relative error of the nearest formula. */
  readonly error?: number;
  readonly nearest?: string;
  /** What was read beside what should be there: the first neurons of one row. */
  readonly table: readonly { readonly read: number; readonly expected: number }[];
}

const NEURONS = 3;

/** What a program is read for. */
export interface Whole {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly exactness: Exactness;
  readonly copies: number;
  /** The pixels that were read, of all rows; empty where a usual map gives them. */
  readonly others: readonly Reading[];
}

export interface ReadProgram {
  readonly program: Program;
  readonly unexplained: readonly Unexplained[];
  readonly cost: number;
}

/** Reads the stages one after the other: forward, output, backward, biases. */
export function readProgram(
  { network, dataset, exactness, copies, others }: Whole,
  given: readonly Reading[],
  rowOf?: (row: number) => number,
): ReadProgram {
  const layers = layersOf(network);
  const last = layers.length - 1;
  const shared = areShared(network, given, exactness);
  const readings = withoutRounding(given, shared);
  let pixels = pixelChoices(network, readings, dataset, exactness, rowOf);
  const unexplained: Unexplained[] = [];
  if (rowOf) {
    pixels = pixels.map((one) => ({
      ...one,
      departures: [{ id: "rows-mixed-up", form: "pixels" }, ...one.departures],
    }));
  }
  if (pixels.length === 0) {
    const table = tabulated([...readings, ...others], dataset, exactness);
    if (table) pixels = [table];
  }
  if (pixels.length === 0) {
    // Nothing fits: the right pixels serve as a basis for the other stages.
    pixels = [rightPixels(network)];
    unexplained.push({ stage: "pixels", layer: 0, table: [] });
  }
  const withOutput = (branch: Branch, isShort = false) => {
    const passes = passesOf(branch, network, dataset, readings);
    // A softmax over equal rows.
    for (const pass of passes) pass.overBatch = pass.output.map(() => 1 / copies);
    const usable = usablePasses(branch, passes, readings, last, exactness, shared);
    const result = usable.length === 0 ? undefined : findOutput(
      usable.map(({ pass }) => pass),
      usable.map(({ delta }) => delta),
      dataset,
      exactness,
      isShort,
    );
    const ofOutput = result === undefined ? 0 : result.found?.choice.departures.length ?? 3;
    return { branch, passes, result, usable, cost: branch.cost + ofOutput };
  };
  let best: ReturnType<typeof withOutput> | undefined;
  const isFound = () => best !== undefined && (best.result === undefined || best.result.found);
  // What departs least comes first, so that nothing else is looked at if it explains all; what takes long comes last.
  const branches = pixels.toSorted((a, b) => a.departures.length - b.departures.length)
    .map((one) => ({
      least: one.departures.length,
      of: lazily(() => forwardBranches(network, dataset, readings, [one], exactness)),
    }));
  for (const isShort of [true, false]) {
    if (isFound()) break;
    for (const { least, of } of branches) {
      if (best && best.cost <= least) break;
      for (const branch of of()) {
        if (best && best.cost <= branch.cost) break;
        const other = withOutput(branch, isShort);
        if (best === undefined || other.cost < best.cost) best = other;
      }
    }
    if (best === undefined) throw new RangeError("Cannot read: no pixels are to be tried");
    if (!isShort || isFound()) continue;
    for (const branch of withOtherLastSums(best.branch)) {
      const other = withOutput(branch, true);
      if (other.result?.found && other.cost < best.cost) best = other;
      if (isFound() && best.cost <= branch.cost) break;
    }
  }
  if (best === undefined) throw new RangeError("Cannot read: no pixels are to be tried");
  const { branch, passes, result, usable } = best;
  const seen = readings;
  branch.products.forEach((product, l) => {
    if (product !== undefined) return;
    const table = tableOf(
      seen.map((one) => one.layers[l].weights.right),
      passes.map(({ x }) => x[l].map((value) => value / norm(x[l]))),
    );
    unexplained.push({ stage: l === 0 ? "pixels" : "product", layer: l, table });
  });
  for (const [l, choice] of branch.forward.entries()) {
    if (choice.read === undefined) continue;
    const expected = passes.map(({ z, network: { hiddenActivation } }) =>
      applied(activationNamed(hiddenActivation), z[l])
    );
    unexplained.push({
      stage: "activation",
      layer: l,
      ...choice.nearest && { nearest: choice.nearest.formula, error: choice.nearest.error },
      table: tableOf(passes.map(({ x }) => x[l + 1]), expected),
    });
  }
  const fromBiases = result && !result.found
    ? findOutput(
      usable.map(({ pass }) => pass),
      usable.map(({ reading }) => reading.layers[last].biases),
      dataset,
      exactness,
    ).found?.choice
    : undefined;
  const output: OutputChoice = result?.found?.choice ?? fromBiases ??
    rightOutput(network);
  if (fromBiases) {
    unexplained.push({ stage: "product", layer: last, table: productTable(usable, last) });
  } else if (result && !result.found) {
    unexplained.push({
      stage: "output",
      layer: last,
      error: result.nearest.error,
      nearest: result.nearest.choice.formula,
      table: tableOf(usable.map(({ delta }) => delta), usable.map(({ pass }) => output.of(pass))),
    });
  }
  // Gradients that are never written show no δ; the layers below may still have it.
  const isFrozen = layers.map((_, l) =>
    seen.every((one) => one.layers[l].weights.size === 0 && norm(one.layers[l].biases) === 0)
  );
  for (const [q, pass] of passes.entries()) {
    for (let l = 0; l <= last; l++) pass.delta[l] = deltaRead(branch, pass, seen[q], l, shared);
    pass.raw[last] = output.raw(pass).map((value) => value * output.factor);
    if (isFrozen[last]) pass.delta[last] = output.of(pass).map((d) => d * output.factor);
  }
  const ofBiases = new Set<number>(fromBiases ? [last] : []);
  if (fromBiases) passes.forEach((pass, q) => pass.delta[last] = seen[q].layers[last].biases);
  const backward: BackwardChoice[] = [];
  for (let l = last - 1; l >= 0; l--) {
    const both = usablePasses(branch, passes, seen, l, exactness, shared);
    let choice = rightBackward(network, branch.forward[l]);
    const find = (observed: readonly Vector[]) =>
      findBackward(
        network,
        branch.forward[l],
        both.map(({ pass }) => pass),
        l,
        observed,
        exactness,
      );
    if (both.length > 0) {
      const { found, nearest } = find(both.map(({ delta }) => delta));
      const inBiases = found
        ? undefined
        : find(both.map(({ reading }) => reading.layers[l].biases));
      if (found) choice = found.choice;
      else if (inBiases?.found) {
        // δ is right where the bias gradient shows it, so the product with the activations is not.
        choice = inBiases.found.choice;
        ofBiases.add(l);
        unexplained.push({ stage: "product", layer: l, table: productTable(both, l) });
        passes.forEach((pass, q) => pass.delta[l] = seen[q].layers[l].biases);
      } else {
        const { carried, weights, slope } = nearest.choice;
        unexplained.push({
          stage: "backward",
          layer: l,
          error: nearest.error,
          nearest: `(${weights.formula(l + 1)} ${carried.formula(l + 1)}) ∘ ${
            asFactor(slope.formula(l + 1))
          }`,
          table: tableOf(
            both.map(({ delta }) => delta),
            both.map(({ pass }) => {
              const raw = rawBelow(choice, pass, l);
              return raw.map((value, i) => value * choice.slope.of(pass, l)![i]);
            }),
          ),
        });
      }
    }
    backward[l] = choice;
    for (const pass of passes) {
      pass.raw[l] = rawBelow(choice, pass, l);
      if (isFrozen[l]) pass.delta[l] = times(pass.raw[l], choice.slope.of(pass, l)!);
    }
  }
  const biases = layers.map((_, l): BiasChoice => {
    const usable = usablePasses(branch, passes, seen, l, exactness, shared);
    if (usable.length === 0 || ofBiases.has(l)) return rightBiases;
    const observed = usable.map(({ reading }) => reading.layers[l].biases);
    const given = usable.map(({ pass }) => pass);
    const { found, nearest } = findBiases(network, given, l, observed, exactness);
    if (found) return found.choice;
    unexplained.push({
      stage: "biases",
      layer: l,
      error: nearest.error,
      nearest: nearest.choice.formula(l + 1),
      table: tableOf(observed, given.map(({ delta }) => delta[l])),
    });
    return rightBiases;
  });
  const sharedRows = layers.map((_, l) => {
    if (!shared[l]) return undefined;
    const usable = usablePasses(branch, passes, seen, l, exactness, shared);
    const factors = usable.map(({ pass, reading }) =>
      deltaOfWeights(reading.layers[l], branch.products[l]?.of(pass, l) ?? pass.x[l])[0]
    );
    return sharedRowsOf(usable.map(({ delta }) => delta), factors, exactness);
  });
  return {
    program: {
      pixels: branch.pixels,
      forward: branch.forward,
      products: branch.products.map((one) => one ?? OWN_INPUT),
      output,
      backward,
      biases,
      ...(shared.includes(true) && { sharedRows }),
    },
    unexplained,
    cost: best.cost + 3 * unexplained.length,
  };
}

function passesOf(
  branch: Branch,
  network: Network,
  dataset: Dataset,
  readings: readonly Reading[],
): Pass[] {
  return readings.map(({ parameters, row }) =>
    forwardPass(branch, network, dataset, parameters, row)
  );
}

/** Elements of the first neuron's weight gradient, and δ times what enters. */
function productTable(usable: readonly { pass: Pass; reading: Reading }[], l: number) {
  const [{ pass, reading: { layers } }] = usable;
  const { matrix, biases } = layers[l];
  return tableOf(
    [matrix.subarray(0, pass.x[l].length)],
    [pass.x[l].map((value) => value * biases[0])],
  );
}

function tableOf(
  read: readonly Vector[],
  expected: readonly Vector[],
): { read: number; expected: number }[] {
  if (read.length === 0) return [];
  return Array.from({ length: Math.min(NEURONS, read[0].length) }, (_, i) => ({
    read: read[0][i],
    expected: expected[0][i],
  }));
}

/** The same value at each call, computed at the first. */
function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
