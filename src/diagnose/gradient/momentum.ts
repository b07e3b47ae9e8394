import { fitConstants } from "../inside/linear.ts";
import type { ExaminedKernel, Question } from "./examined_kernel.ts";
import { distance, type Part, projection, sizeOf } from "./parts.ts";

/**
 * A velocity u = μ u + g in a program's answers. Each answer is p · g plus s times the velocity before it; both may be
 * any numbers. I. Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013).
 */
export interface Momentum {
  /** μ */
  readonly coefficient: number;
  /**
   * Absent: the answer is u itself. `nesterov`: it is g + μ u, or the gradient is taken at w − rate · μ u; `late`: it is u
   * without the newest g; `other`: earlier gradients count differently, by `earlier`.
   */
  readonly form?: "nesterov" | "late" | "other";
  /** What the gradient before the newest one counts, relative to that. */
  readonly earlier?: number;
  /** What the newest one counts, relative to what is left of an answer to a question that was asked twice. */
  readonly newest?: number;
  /** Gradients are taken at w − `ahead` · μ · the last answer. */
  readonly ahead?: number;
}

/** A smaller share of the last answer could be rounding. */
const LEAST_MOMENTUM = 0.01;

type Ask = (question: Question) => Promise<Float64Array>;

const wholeOf = ({ length }: Float64Array): Part => ({
  kind: "weights",
  layer: 0,
  start: 0,
  end: length,
});

const less = (a: Float64Array, b: Float64Array, times = 1) => a.map((g, p) => g - times * b[p]);

/** The share μ of each increment that the next one is, in four answers to one question; undefined where there is none. */
export function shareOf(answers: readonly Float64Array[], closeness: number): number | undefined {
  const whole = wholeOf(answers[0]);
  const increments = answers.slice(1).map((one, n) => less(one, answers[n]));
  const share = projection(increments[1], increments[0], whole);
  const isShare = Math.abs(share) > LEAST_MOMENTUM && Math.abs(share) < 1 - closeness;
  const moves = sizeOf(increments[0], whole) > closeness * sizeOf(answers[0], whole);
  // The steps of a rate that decays shrink, too, but each by another share.
  const fits = increments.slice(1).every((one, n) =>
    distance(one, increments[n], whole, share) <=
      10 * closeness * sizeOf(one, whole) + closeness / 100 * sizeOf(answers[n + 1], whole)
  );
  const isFalling = rateOf(answers, closeness) !== undefined;
  return isShare && moves && fits && !isFalling ? snapped(share) : undefined;
}

/**
 * What the second of several answers to one question is of the first, if all are multiples of each other and none
 * is longer than the one before: a rate that decays. A velocity gets longer.
 */
export function rateOf(answers: readonly Float64Array[], closeness: number): number | undefined {
  const whole = wholeOf(answers[0]);
  const shares = answers.slice(1).map((one, n) => projection(one, answers[n], whole));
  const areMultiples = answers.slice(1).every((one, n) =>
    distance(one, answers[n], whole, shares[n]) <= closeness * sizeOf(one, whole)
  );
  return areMultiples && shares.every((share) => share > 0 && share <= 1) && shares[0] < 1
    ? shares[0]
    : undefined;
}

/** 0.9 for 0.9000000000001; other shares stay exact, because they are taken away from every answer. */
const snapped = (share: number): number => {
  const short = Number(share.toFixed(6));
  return Math.abs(share - short) < 1e-12 ? short : share;
};

/** How much the newest gradient counts beside those before it: `last` was asked twice, `other` comes after it. */
export async function momentumOf(
  ask: Ask,
  coefficient: number,
  last: Question,
  other: Question,
  { closeness }: ExaminedKernel,
): Promise<Momentum> {
  const answers: Float64Array[] = [];
  for (const question of [last, last, other, other]) answers.push(await ask(question));
  const [before, change, after] = answers.slice(1).map((one, n) =>
    less(one, answers[n], coefficient)
  );
  // Where μ is taken away, a question that follows itself leaves p + s − μp times its gradient.
  const { coefficients: [newest, older], error } = fitConstants([change], [[after], [before]]);
  const near = (a: number, b: number) => Math.abs(a - b) <= 1e4 * closeness * (1 + Math.abs(b));
  if (!(error <= 1e3 * closeness) || near(older, 0)) return { coefficient };
  if (near(older, -coefficient)) return { coefficient, form: "nesterov" };
  if (near(newest, 0)) return { coefficient, form: "late" };
  return { coefficient, form: "other", earlier: coefficient + older / newest, newest };
}

/** Coefficients of the digits that people write. */
const DIGITS = [2, 3, 4, 6];
const STEPS = 6;

/**
 * The momentum of a step that takes its gradient at w + μ v and adds μ v, with v = −rate · the last answer: at w − μ v
 * its gradient is that at w. μ is what makes answers to such questions follow from each other.
 */
export async function lookahead(
  ask: Ask,
  question: Question,
  { closeness, derivedAtRate: ahead }: ExaminedKernel,
): Promise<Momentum | undefined> {
  if (ahead === undefined) return undefined;
  let last = await ask(question);
  const whole = wholeOf(last);
  /** Three answers of a velocity with this coefficient, and whether they are its. */
  const attempt = async (coefficient: number) => {
    const answers = [last];
    for (let n = 0; n < 2; n++) {
      const shift = ahead * coefficient;
      const parameters = question.parameters.map((w, p) => w + shift * last[p]);
      last = await ask({ ...question, parameters });
      answers.push(last);
    }
    const [first, second] = [less(answers[1], answers[0]), less(answers[2], answers[1])];
    const share = projection(second, first, whole);
    const left = distance(second, first, whole, coefficient);
    return { share, fits: left <= 10 * closeness * sizeOf(last, whole) };
  };
  let guess = 0.9;
  for (let step = 0; step < STEPS; step++) {
    for (const digits of DIGITS) {
      const coefficient = Number(guess.toFixed(digits));
      if (!(Math.abs(coefficient) > LEAST_MOMENTUM && Math.abs(coefficient) < 1)) continue;
      const { share, fits } = await attempt(coefficient);
      if (fits) return { coefficient, form: "nesterov", ahead };
      guess = share;
      if (Number(guess.toFixed(digits)) !== coefficient) break;
    }
  }
  return undefined;
}
