import { known } from "../../base/known.ts";
import type { Network } from "../../model/network.ts";
import { findAddedNumber } from "./added_number.ts";
import {
  type After,
  findBiasDecay,
  findDecay,
  isRankOne,
  layoutsOf,
  mended,
  reshapedLayers,
  transposedSquares,
} from "./after.ts";
import { findClip, isWithin } from "./clip.ts";
import { type Ask, CALM, calmed, type Exam, makeSettings } from "./exam.ts";
import type { Vector } from "./linear.ts";
import { findNormalised, isLimit, withRightSizes } from "./find_normalised.ts";
import { pixelChoices, pixelRows } from "./pixels.ts";
import type { Program } from "./program.ts";
import { readProgram, type Unexplained } from "./read_program.ts";
import { type Exactness, type Reading, readLayers } from "./readings.ts";
import { roundingOf } from "./roundings.ts";
import { findTerms } from "./terms.ts";

/** A program as single rows show it. */
export interface Inside {
  readonly program: Program;
  readonly after: After;
  /** How exactly it could be read. */
  readonly exactness: Exactness;
  /** Rows in each question: 1, or more where a program answers a single row with zeros. */
  readonly copies: number;
  readonly unexplained: readonly Unexplained[];
  /** How calm questions must be not to be clipped. */
  readonly sure?: number;
  /** Questions that were asked. */
  readonly questions: number;
  readonly readParameters: (parameters: Vector) => Vector;
  /** Parameters and gradient have the same unusual layout. */
  readonly isOwnLayout: boolean;
}

/**
 * Reads a program stage by stage from the gradients of single rows. Undefined where there is nothing to read: every
 * answer is 0 or not finite.
 */
export async function readInside(
  ask: Ask,
  network: Network,
  exam: Exam,
  given: Exactness,
  longest: number,
  seed: number,
  mayBeLimited: boolean,
): Promise<Inside | undefined> {
  const settings = makeSettings(network, seed, exam);
  let copies = 1;
  let questions = 0;
  const askAll = async (rows: readonly number[], sure?: number): Promise<Reading[]> => {
    const readings: Reading[] = [];
    for (const [s, setting] of settings.entries()) {
      if (rows.length > exam.plain.length && s !== 1) continue;
      for (const row of rows) {
        const parameters = sure === undefined
          ? setting
          : calmed(network, setting, exam.dataset.labels[row], sure);
        const { gradient, loss } = await ask(parameters, Array<number>(copies).fill(row));
        questions++;
        if (!gradient.every(Number.isFinite)) continue;
        readings.push({ parameters, row, gradient, loss, layers: readLayers(network, gradient) });
      }
    }
    return readings;
  };
  let readings = await askAll(exam.plain);
  if (readings.every(isZero) && longest > 1) {
    copies = longest;
    readings = await askAll(exam.plain);
  }
  readings = readings.filter((one) => !isZero(one));
  if (readings.length === 0) return undefined;

  // A gradient with few digits shows formulas only so far.
  const rounding = roundingOf(readings.map(({ gradient }) => gradient));
  const exactness = rounding && rounding.exactness.fit > given.fit ? rounding.exactness : given;
  let normalised = mayBeLimited
    ? findNormalised(network, readings, exam.dataset, exactness)
    : undefined;
  if (normalised) {
    // A low limit is left by calm questions alone.
    const calm = (await askAll(exam.plain, CALM[1])).filter((one) => !isZero(one));
    if (isLimit(network, calm, exam.dataset, normalised)) normalised = undefined;
  }
  const sizes = normalised;
  const sized = (given: readonly Reading[]) =>
    sizes ? withRightSizes(network, given, exam.dataset, sizes) : given;
  let clip = normalised || !mayBeLimited ? undefined : findClip(readings);
  let sure: number | undefined;
  if (clip) {
    const limited = clip;
    let calm: Reading[] = [];
    for (sure of CALM) {
      calm = (await askAll(exam.plain, sure)).filter((one) =>
        !isZero(one) && isWithin(limited, one)
      );
      if (calm.length > readings.length / 2) break;
    }
    // A limit that calm questions reach too is none: a δ of 1, for example.
    if (calm.length > readings.length / 4) readings = calm;
    else clip = sure = undefined;
  }
  const limits = known({ clip, rounding, normalised });
  const restoredWith = (found: After) => restore(network, sized(readings), exactness, found);
  let undone = restoredWith(limits);
  if (!undone.readings.every((one) => isRankOne(one, exactness))) {
    const terms = await findTerms(ask, network, exam, settings, exactness);
    const other = terms && restoredWith({ ...limits, ...terms });
    if (other?.readings.every((one) => isRankOne(one, TEN_TIMES(exactness)))) undone = other;
  }
  const { after, readings: restored } = undone;
  // Rows that together have every byte, where the pixels are no usual function of it.
  const others = pixelChoices(network, restored, exam.dataset, exactness).length === 0
    ? restore(network, sized(await askAll(allRows(exam))), exactness, after).readings
    : [];
  const whole = { network, dataset: exam.dataset, exactness, copies, others };
  const read = (given: readonly Reading[], rowOf?: (row: number) => number) =>
    readProgram(whole, given, rowOf);
  const same = (p: Vector) => p;
  const rowOf = others.length > 0 ? pixelRows(others, exam.dataset, exactness) : undefined;
  const own = rowOf
    ? read(restored.filter(({ row }) => rowOf.has(row)), (row) => rowOf.get(row) ?? row)
    : read(restored);
  const candidates = [{ ...own, isOwnLayout: false, readParameters: same }];
  if (after.layout && own.unexplained.length > 0) {
    const { place } = after.layout;
    const readParameters = (p: Vector) => p.map((_, i) => p[place[i]]);
    const moved = restored.map((one) => ({ ...one, parameters: readParameters(one.parameters) }));
    candidates.push({ ...read(moved), isOwnLayout: true, readParameters });
  }
  const best = candidates.reduce((least, one) => one.cost < least.cost ? one : least);
  return { ...best, after, exactness, copies, questions, ...(sure !== undefined && { sure }) };
}

const allRows = ({ dataset }: Exam) => Array.from({ length: dataset.count }, (_, row) => row);

/** What was taken away leaves its own rounding. */
const TEN_TIMES = ({ fit, signal }: Exactness): Exactness => ({ fit: 10 * fit, signal });

const isZero = ({ gradient }: Reading) => gradient.every((g) => g === 0);

/** Undoes what a program does to finished gradients. */
function restore(
  network: Network,
  readings: readonly Reading[],
  exactness: Exactness,
  found: After,
): { after: After; readings: Reading[] } {
  const apply = (after: After): Reading[] =>
    readings.map((one) => {
      const gradient = mended(network, one.gradient, one.parameters, after);
      return { ...one, gradient, layers: readLayers(network, gradient) };
    });
  const { absoluteDecay, squareDecay, added: number, table } = found;
  const isKnown = absoluteDecay ?? squareDecay ?? number ?? table;
  if (found.layout || found.decay || found.signDecay || found.biasDecay || isKnown) {
    return { after: found, readings: apply(found) };
  }
  const withBiases = (after: After) => {
    const biasDecay = findBiasDecay(network, apply(after), exactness);
    const all = { ...after, ...known({ biasDecay }) };
    return { after: all, readings: apply(all) };
  };
  if (readings.every((one) => isRankOne(one, exactness))) {
    const layout = transposedSquares(network, readings, exactness);
    return withBiases({ ...found, ...known({ layout }) });
  }
  const added = findAddedNumber(network, readings, exactness);
  if (added) {
    const after = { ...found, added };
    return { after, readings: apply(after) };
  }
  const decay = findDecay(network, readings, exactness);
  if (decay) return withBiases({ ...found, ...decay });
  for (const layout of layoutsOf(network)) {
    const after = { ...found, layout };
    const first = readings.slice(0, 3).map((one) => {
      const gradient = mended(network, one.gradient, one.parameters, after);
      return { layers: readLayers(network, gradient) };
    });
    if (first.every((one) => isRankOne(one, exactness))) return { after, readings: apply(after) };
  }
  const layout = reshapedLayers(network, readings, exactness);
  if (layout) {
    const after = { ...found, layout };
    return { after, readings: apply(after) };
  }
  return { after: found, readings: [...readings] };
}
