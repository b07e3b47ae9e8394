import type { FindingOf, FixedFinding } from "../../format/finding.ts";
import type { Dropped } from "./dropout.ts";
import type { ExaminedKernel, Question, Reply } from "./examined_kernel.ts";
import { lookahead, type Momentum, momentumOf, rateOf, shareOf } from "./momentum.ts";
import { distance, type Part, partsOf, sizeOf } from "./parts.ts";

/** What a kernel does beside the arithmetic, as answers to one repeated question show. */
export interface Behaviour {
  /**
   * How answers come about: `overwrites` is right; `adds` to what the array held; `sums-up` the gradients of all its
   * calls; `momentum`: a share of the last answer is added; `remembers`: the first answer differs from those after it; `varies` from call to call.
   */
  readonly answers: "overwrites" | "adds" | "sums-up" | "momentum" | "remembers" | "varies";
  readonly momentum?: Momentum;
  /** Each answer to one question is a multiple of the one before: the second is this share of the first. */
  readonly falls?: number;
  /** Share of activations that are 0 in one answer and not in another. */
  readonly dropped?: Dropped;
  /** Steps of nearly one size, as an optimiser of its own takes them. */
  readonly isAdaptive?: boolean;
  /** Distance of two answers relative to their size. */
  readonly spread: number;
  /** Parts that the kernel never writes. */
  readonly unwritten: readonly Part[];
  /** Absent where the call leaves the parameters as they are. */
  readonly update?: Update;
  readonly changesBatch: boolean;
}

type Update = Pick<FindingOf<"parameters-changed">, "layers" | "rate">;

/** Fills the gradient before a call that must overwrite it; exact in both precisions. */
const MARK = 1;

/** `other` is a question with another answer. */
export async function observe(
  kernel: ExaminedKernel,
  question: Question,
  other: Question,
): Promise<Behaviour> {
  const { problem: { network }, closeness } = kernel;
  const first = finite(await kernel.ask(question));
  const second = finite(await kernel.ask(question));
  const third = finite(await kernel.ask(question));
  const marked = finite(await kernel.ask(question, MARK));
  const parts = partsOf(network);
  const whole: Part = { kind: "weights", layer: 0, start: 0, end: first.gradient.length };
  const near = (a: Float64Array, b: Float64Array) =>
    distance(a, b, whole) <= closeness * sizeOf(b, whole);
  const difference = (a: Reply, b: Reply) => a.gradient.map((g, p) => g - b.gradient[p]);

  const unwritten = parts.filter((part) =>
    within(marked.gradient, part).every((g) => g === MARK) &&
    within(third.gradient, part).every((g) => g === 0)
  );
  const increments = [difference(second, first), difference(third, second)];
  const addsUp = !near(second.gradient, first.gradient) && near(increments[1], increments[0]);
  const answersAlike = near(third.gradient, second.gradient);
  const gradientAt = async (asked: Question) => finite(await kernel.ask(asked)).gradient;
  const all = [first, second, third, marked].map(({ gradient }) => gradient);
  const share = addsUp || answersAlike ? undefined : shareOf(all, closeness);
  const falls = addsUp || answersAlike ? undefined : rateOf(all, closeness);
  const momentum = share !== undefined
    ? await momentumOf(gradientAt, share, question, other, kernel)
    : addsUp || answersAlike || falls !== undefined
    ? undefined
    : await lookahead(gradientAt, question, kernel);
  const written = parts.filter((part) => !unwritten.includes(part));
  const adds = written.filter((part) => {
    const raised = within(marked.gradient, part).map((g) => g - MARK);
    const before = within(third.gradient, part);
    // In a gradient that explodes, nothing shows what it held before.
    const shows = before.some((g) => closeness * Math.abs(g) < MARK / 10);
    return shows &&
      raised.every((g, p) => Math.abs(g - before[p]) <= closeness * (MARK + Math.abs(g)));
  });
  const update = updateOf(question, first, parts, closeness);
  return {
    answers: addsUp
      ? "sums-up"
      : momentum
      ? "momentum"
      : answersAlike
      ? near(second.gradient, first.gradient)
        ? adds.length > 0 ? "adds" : "overwrites"
        : "remembers"
      : "varies",
    spread: distance(third.gradient, second.gradient, whole) / sizeOf(third.gradient, whole),
    unwritten,
    ...(momentum && { momentum }),
    ...(falls !== undefined && { falls }),
    ...(update && { update }),
    changesBatch: first.batch.some((row, n) => row !== question.batch[n]),
  };
}

/** NaN differs from itself, so it would look like an answer that varies. */
const finite = (reply: Reply): Reply => ({
  ...reply,
  gradient: reply.gradient.map((g) => Number.isFinite(g) ? g : 0),
});

const within = (values: Float64Array, { start, end }: Part) => values.subarray(start, end);

function updateOf(
  { parameters }: Question,
  reply: Reply,
  parts: readonly Part[],
  closeness: number,
): Update | undefined {
  const step = reply.parameters.map((value, p) => value - parameters[p]);
  const changed = parts.filter((part) => within(step, part).some((value) => value !== 0));
  if (changed.length === 0) return undefined;
  const layers = [...new Set(changed.map(({ layer }) => layer))];
  let [product, square] = [0, 0];
  for (const { start, end } of changed) {
    for (let p = start; p < end; p++) {
      product += step[p] * reply.gradient[p];
      square += reply.gradient[p] ** 2;
    }
  }
  const rate = square > 0 ? -product / square : NaN;
  // A step is a difference of rounded parameters, which costs it digits.
  const isStep = changed.every((part) =>
    distance(step, reply.gradient, part, -rate) <= 100 * closeness * sizeOf(step, part)
  );
  return { layers, ...(isStep && rate !== 0 && { rate }) };
}

/** Coefficients that differ by less are equal. */
const MOMENTUM_STEP = 1e-3;

/** `step` is what a momentum may be off by, as it was read. */
export const isDeclared = (
  momentum: number,
  declared: number | undefined,
  step = MOMENTUM_STEP,
): boolean =>
  declared !== undefined && Math.abs(momentum - declared) < Math.max(step, MOMENTUM_STEP);

export function behaviourFindings(
  { answers, spread, momentum, falls, dropped, isAdaptive, update, changesBatch }: Behaviour,
  declared?: number,
): FixedFinding[] {
  const findings: FixedFinding[] = [];
  if (update) findings.push({ id: "parameters-changed", ...update });
  if (answers === "varies" || answers === "remembers") {
    const isKnown = answers === "varies" && Number.isFinite(spread);
    findings.push({
      id: "non-deterministic",
      layers: [],
      ...(isKnown && { spread }),
      ...(dropped && { dropped: dropped.share }),
      ...(dropped?.backOnly && { changes: "on-the-way-back" as const }),
      ...(isAdaptive
        ? { changes: "adaptive" as const }
        : falls !== undefined && { changes: "rate-decays" as const }),
    });
  }
  if (momentum && (momentum.form || !isDeclared(momentum.coefficient, declared))) {
    const { coefficient, form, earlier } = momentum;
    findings.push({
      id: "momentum-inside",
      layers: [],
      coefficient,
      average: false,
      ...(form && { form }),
      ...(earlier !== undefined && { earlier: Number(earlier.toPrecision(4)) }),
      ...(!form && coefficient > 0 && {
        convention: { momentum: Number(coefficient.toPrecision(4)) },
      }),
    });
  }
  if (answers === "adds" || answers === "sums-up") {
    const into = answers === "adds" ? "gradient-array" : "own-sum";
    findings.push({ id: "accumulated", layers: [], into });
  }
  if (changesBatch) findings.push({ id: "batch-changed", layers: [] });
  return findings;
}
