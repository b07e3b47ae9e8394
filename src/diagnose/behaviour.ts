import { distance, nameOf, type Part, partsOf, sizeOf } from "./parts.ts";
import type { KernelUnderTest, Question, Reply } from "./examined_kernel.ts";

/** What a kernel does beside the arithmetic, found out by asking the same question several times. */
export interface Behaviour {
  /**
   * How its answers come about: `overwrites`, as it should; `adds` to what the array held; `sums-up` the
   * gradients of all its calls; `remembers`: the first answer differs from those after it; `varies` from call
   * to call.
   */
  readonly answers: "overwrites" | "adds" | "sums-up" | "remembers" | "varies";
  /** How far two answers to one question lay apart, relative to their size; where they vary. */
  readonly spread: number;
  /** What it never writes. */
  readonly unwritten: readonly Part[];
  /** What it did to the parameters during the call; absent where nothing. */
  readonly update?: Update;
  readonly changesBatch: boolean;
}

export interface Update {
  readonly layers: readonly number[];
  /** The rate of the update `parameters −= rate · gradient`, where it was one. */
  readonly rate?: number;
}

/** What the array holds before a call that must overwrite it; exact in both precisions. */
const MARK = 1;

export async function observe(tested: KernelUnderTest, question: Question): Promise<Behaviour> {
  const { problem: { network }, closeness } = tested;
  const first = finite(await tested.ask(question));
  const second = finite(await tested.ask(question));
  const third = finite(await tested.ask(question));
  const marked = finite(await tested.ask(question, MARK));
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
  const written = parts.filter((part) => !unwritten.includes(part));
  const adds = written.filter((part) => {
    const raised = within(marked.gradient, part).map((g) => g - MARK);
    const before = within(third.gradient, part);
    return raised.every((g, p) => Math.abs(g - before[p]) <= closeness * (MARK + Math.abs(g)));
  });
  const update = updateOf(question, first, parts, closeness);
  return {
    answers: addsUp
      ? "sums-up"
      : near(third.gradient, second.gradient)
      ? near(second.gradient, first.gradient)
        ? adds.length > 0 ? "adds" : "overwrites"
        : "remembers"
      : "varies",
    spread: distance(third.gradient, second.gradient, whole) / sizeOf(third.gradient, whole),
    unwritten,
    ...(update && { update }),
    changesBatch: first.batch.some((row, n) => row !== question.batch[n]),
  };
}

/** NaN differs from itself; that an answer has none of it is asked elsewhere. */
const finite = (reply: Reply): Reply => ({
  ...reply,
  gradient: reply.gradient.map((g) => Number.isFinite(g) ? g : 0),
});

const within = (values: Float64Array, { start, end }: Part) => values.subarray(start, end);

/** Whether the parameters are others after the call, and whether that was a step along the gradient. */
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
  // Steps are differences of rounded parameters, which costs them digits.
  const isStep = changed.every((part) =>
    distance(step, reply.gradient, part, -rate) <= 100 * closeness * sizeOf(step, part)
  );
  return { layers, ...(isStep && rate !== 0 && { rate }) };
}

export const named = (parts: readonly Part[]): string => parts.map(nameOf).join(", ");
