import { known } from "../../base/known.ts";
import type { Network } from "../../model/network.ts";
import { type After, mended } from "./after.ts";
import { confirm, type Fresh, UNIFORM, uniform } from "./confirm.ts";
import { type Ask, calmed, type Exam, makeSettings } from "./exam.ts";
import { limitedInLogarithm } from "./limited_logarithm.ts";
import { withSlopeOverRows } from "./output.ts";
import { forwardPass, type UpdatedOver } from "./program.ts";
import { findBatchRule, mixedFromRight } from "./mixed_rows.ts";
import { type Inside, readInside } from "./read_inside.ts";
import { type Exactness, readLayers } from "./readings.ts";
import { findReduction, findRowWeights, type Minibatch } from "./reduction.ts";
import { simulate, type Simulated } from "./simulate.ts";
import { findUpdateRate } from "./updates_within.ts";

/** A program as it was read, and whether that gives its answers to questions that it was not read from. */
export interface Explanation {
  readonly inside: Inside;
  /** Absent where rows of a minibatch interact in an unknown way. */
  readonly simulated?: Simulated;
  /** Parameters are updated after each row of a minibatch, at this rate. */
  readonly updateRate?: number;
  /** Rows of a minibatch count by these factors. */
  readonly rowWeights?: readonly number[];
  /** So many single rows alone were compared: rows of a minibatch have masks of their own. */
  readonly singleRows?: number;
  /** The largest relative error in fresh questions. */
  readonly error: number;
}

/** Minibatches that show how rows are reduced. */
const LENGTHS = [2, 3, 5, 7];

/**
 * Reads a program and confirms what was read on fresh questions. Undefined where nothing can be read: every answer is 0
 * or not finite.
 */
export async function explainProgram(
  ask: Ask,
  network: Network,
  exam: Exam,
  fresh: readonly Fresh[],
  given: Exactness,
  longest: number,
  seed: number,
): Promise<Explanation | undefined> {
  const explainAs = (mayBeLimited: boolean) =>
    explainRead(ask, network, exam, fresh, given, longest, seed, mayBeLimited);
  const first = await explainAs(true);
  const { clip, normalised } = first?.inside.after ?? {};
  if (first === undefined || (clip ?? normalised) === undefined) return first;
  if (first.error <= 10 * first.inside.exactness.fit) return first;
  // Largest elements may be equal for another reason: outputs that are always 1, or a δ that is clipped.
  const other = await explainAs(false);
  const unread = (one: Explanation) => one.inside.unexplained.length;
  if (other === undefined) return first;
  const isNearer = unread(other) === unread(first) && other.error < first.error;
  return isNearer || unread(other) < unread(first) ? other : first;
}

async function explainRead(
  ask: Ask,
  network: Network,
  exam: Exam,
  fresh: readonly Fresh[],
  given: Exactness,
  longest: number,
  seed: number,
  mayBeLimited: boolean,
): Promise<Explanation | undefined> {
  const read = await readInside(ask, network, exam, given, longest, seed, mayBeLimited);
  if (read === undefined) return mixedFromRight(network, exam, fresh, given, longest);
  const { exactness, copies } = read;
  const { inside, minibatches, measured } = await askReduction(
    ask,
    network,
    exam,
    read,
    longest,
    seed,
  );
  const { program, after, readParameters } = inside;
  const whole = { program, after, readParameters };
  const check = (simulated: Simulated, questions: readonly Fresh[]) =>
    confirm(simulated, network, exam, questions, longest);

  const overs: UpdatedOver[] = program.backward.some(({ updated }) => updated !== 0)
    ? ["row", "mean", "sum"]
    : ["row"];
  const divisors = after.normalised ? UNIFORM.slice(0, 1) : UNIFORM;
  const reductions = measured ? [measured] : divisors.map((divisor) => uniform(network, divisor));
  const { output } = program;
  const isOverRows = output.overBatch && network.outputLoss === "softmax-cross-entropy";
  const programs = [
    program,
    ...(isOverRows
      ? [{ ...program, output: withSlopeOverRows(network, output.factor, copies) }]
      : []),
  ];
  let best: { simulated: Simulated; error: number } | undefined;
  for (const program of programs) {
    for (const reduction of reductions) {
      for (const updatedOver of overs) {
        const simulated = { ...whole, program, reduction, updatedOver };
        const error = check(simulated, fresh);
        if (best === undefined || error < best.error) best = { simulated, error };
      }
    }
  }
  if (best && best.error > 10 * exactness.fit && inside.unexplained.length === 0) {
    const simulated = await limitedInLogarithm(ask, best.simulated, network, exam, seed);
    const error = simulated ? check(simulated, fresh) : Infinity;
    if (simulated && error <= 10 * exactness.fit) best = { simulated, error };
  }
  const isConfirmed = best !== undefined && best.error <= 10 * exactness.fit;
  if (best && (isConfirmed || measured || after.normalised)) {
    return { inside: { ...inside, program: best.simulated.program }, ...best };
  }
  if (best && program.forward.some(({ mask }) => mask)) {
    const singles: Fresh[] = [];
    for (const { parameters, batch: { 0: row } } of fresh) {
      const { gradient } = await ask(parameters, [row]);
      singles.push({ parameters, batch: [row], gradient, expected: gradient });
    }
    const simulated = { ...best.simulated, reduction: uniform(network, "examples") };
    return {
      inside,
      simulated,
      singleRows: singles.length,
      error: check(simulated, singles),
    };
  }
  const mixed = inside.unexplained.length === 0
    ? findBatchRule({ ...whole, updatedOver: "row" }, network, exam, fresh, longest, exactness)
    : undefined;
  if (mixed) return { inside: { ...inside, program: mixed.simulated.program }, ...mixed };
  const fromRight = mixedFromRight(network, exam, fresh, exactness, longest);
  if (fromRight) return fromRight;
  const updateRate = await findUpdateRate(ask, ask, network, exam, seed, exactness) ??
    await findUpdateRate(
      ask,
      asOneOfTwo(whole, network, exam, longest),
      network,
      exam,
      seed,
      exactness,
    );
  const rowWeights = updateRate === undefined ? findRowWeights(minibatches, exactness) : undefined;
  return {
    inside,
    ...known({ updateRate, rowWeights }),
    error: updateRate === undefined ? best?.error ?? Infinity : 0,
  };
}

/** How rows are reduced; decay that does not fit is tried again as divided by the number of rows. */
async function askReduction(
  ask: Ask,
  network: Network,
  exam: Exam,
  read: Inside,
  longest: number,
  seed: number,
) {
  const { copies, exactness, after } = read;
  // Where sizes are lost, sums of them show nothing.
  if (after.normalised) return { inside: read, minibatches: [], measured: undefined };
  const of = async (inside: Inside) => {
    const minibatches = await askMinibatches(ask, network, exam, inside, longest, seed);
    const measured = findReduction(network, minibatches, longest, copies, exactness);
    return { inside, minibatches, measured };
  };
  const found = await of(read);
  const { decay, signDecay, absoluteDecay, squareDecay, biasDecay, added } = after;
  const isAny = decay ?? signDecay ?? absoluteDecay ?? squareDecay ?? biasDecay ?? added;
  if (found.measured || !isAny) return found;
  const times = (rates?: readonly number[]) => rates?.map((rate) => rate * copies);
  const overRows: After = {
    ...after,
    ...known({
      decay: times(decay),
      signDecay: times(signDecay),
      absoluteDecay: times(absoluteDecay),
      squareDecay: times(squareDecay),
      biasDecay: times(biasDecay),
      added: added &&
        { ...added, weights: times(added.weights)!, biases: times(added.biases)! },
    }),
    decayOverRows: true,
  };
  const again = await of({ ...read, after: overRows });
  return again.measured ? again : found;
}

/** Single rows as a program sees them in a minibatch of two, where rates are divided by its length. */
function asOneOfTwo(
  { program, ...rest }: Pick<Simulated, "program" | "after" | "readParameters">,
  network: Network,
  exam: Exam,
  longest: number,
): Ask {
  const backward = program.backward.map((one) => ({ ...one, updated: one.updated / 2 }));
  const reduction = uniform(network, "examples");
  const simulated = {
    ...rest,
    program: { ...program, backward },
    reduction,
    updatedOver: "row",
  } as const;
  return (parameters, rows) =>
    Promise.resolve({
      ...simulate(simulated, network, exam.dataset, parameters, rows, longest),
      loss: NaN,
    });
}

async function askMinibatches(
  ask: Ask,
  network: Network,
  exam: Exam,
  { program, after, copies, sure, readParameters }: Inside,
  longest: number,
  seed: number,
): Promise<Minibatch[]> {
  const settings = makeSettings(network, seed + 1, exam).slice(0, 2);
  const { labels } = exam.dataset;
  const all = [...exam.plain, ...exam.real];
  // A calm minibatch has one label.
  const [ofLabel] = [...Map.groupBy(all, (row) => labels[row]).values()]
    .sort((a, b) => b.length - a.length);
  const rows = sure === undefined ? all : ofLabel;
  const lengths = [...new Set([...LENGTHS, longest])].filter((n) => n > 1 && n <= longest);
  const minibatches: Minibatch[] = [];
  for (const setting of settings) {
    const parameters = sure === undefined
      ? setting
      : calmed(network, setting, labels[ofLabel[0]], sure);
    const restored = async (batch: readonly number[]) =>
      mended(network, (await ask(parameters, batch)).gradient, parameters, after, batch.length);
    const known = new Map<number, Minibatch["singles"][0]>();
    const single = async (row: number) => {
      const asked = known.get(row);
      if (asked) return asked;
      const gradient = await restored(Array<number>(copies).fill(row));
      const pass = forwardPass(program, network, exam.dataset, readParameters(parameters), row);
      const one = {
        gradient,
        layers: readLayers(network, gradient),
        products: program.products.map((product, l) => product.of(pass, l)),
      };
      known.set(row, one);
      return one;
    };
    for (const [i, length] of lengths.entries()) {
      const batch = Array.from({ length }, (_, n) => rows[(i * 5 + n) % rows.length]);
      const singles = [];
      for (const row of batch) singles.push(await single(row));
      minibatches.push({ rows: length, gradient: await restored(batch), singles });
    }
  }
  return minibatches.filter(({ gradient, singles }) =>
    gradient.every(Number.isFinite) && singles.every((one) => one.gradient.every(Number.isFinite))
  );
}
