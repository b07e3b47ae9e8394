import { updateFault } from "../../check/call_kernel.ts";
import { ROUNDING } from "../../check/error_bound.ts";
import type { FixedFinding } from "../../format/finding.ts";
import type { Precision } from "../../gradients/contract.ts";
import { fitConstants } from "../inside/linear.ts";
import { type Behaviour, isDeclared } from "./behaviour.ts";
import type { ExaminedKernel, OwnUpdate, Question } from "./examined_kernel.ts";
import { nameOf, type Part, partsOf, sizeOf } from "./parts.ts";

/** An error of order scales with the rate, so two rates are tried; the first twice, for momentum. */
const RATES = [0.5, 0.5, 0.01];

/** A step is a difference of rounded parameters, which costs it digits. */
const FIT = { float32: 2e-2, float64: 1e-5 } as const;

/** Momentum is declared, and neither the gradient nor the update has it. */
const MISSING = {
  id: "momentum-inside",
  layers: [] as number[],
  coefficient: 0,
  average: false,
} as const;

const missingIn = (parts: readonly Part[]): FixedFinding => ({
  ...MISSING,
  layers: [...new Set(parts.map(({ layer }) => layer))],
  parts: parts.map(nameOf),
});

/**
 * Compares the kernel's own update with parameters − rate · gradient, for each part: step = α · gradient + β ·
 * parameters. Returns an empty list if it is right, or if the kernel leaves updates to the harness. Momentum that the
 * plan declares belongs here, unless the gradient has it.
 */
export async function updateFindings(
  kernel: ExaminedKernel,
  question: Question,
  precision: Precision,
  { answers }: Pick<Behaviour, "answers">,
): Promise<FixedFinding[]> {
  const { problem: { network } } = kernel;
  const momentum = answers === "overwrites" ? network.convention?.momentum : undefined;
  const right: FixedFinding[] = momentum === undefined ? [] : [MISSING];
  const updates = await kernel.update(question, RATES);
  if (updates === undefined) {
    return right.length > 0 && await kernel.carriesMomentum(question) ? [] : right;
  }
  const finite = updates.filter(({ after, gradient }) =>
    after.every(Number.isFinite) && gradient.every(Number.isFinite)
  );
  if (finite.length < RATES.length) {
    return [{ id: "wrong-update", layers: [], form: "not-finite" }];
  }
  const { unit } = ROUNDING[precision];
  const isRight = updates.every(({ rate, gradient, before, after, left }) =>
    updateFault(rate, gradient, before, after, unit) === undefined &&
    gradient.every((g, p) => g === left[p])
  );
  if (isRight) return right;
  const parts = partsOf(network);
  const fit = FIT[precision];
  const forms = parts.map((part) => formOf(part, updates, question.batch.length, fit));
  const isMeant = (form: Form | undefined) =>
    form?.form === "momentum" && isDeclared(form.value ?? NaN, momentum, fit);
  const wrong = forms.flatMap((form, i) =>
    form === undefined || isMeant(form) ? [] : [{ ...form, part: parts[i] }]
  );
  if (wrong.length === 0) {
    const isKept = updates.every(({ gradient, left }) => gradient.every((g, p) => g === left[p]));
    // Parts whose gradient is 0 have no momentum that shows.
    const without = parts.filter((part, i) =>
      forms[i] === undefined && updates.some(({ gradient }) => sizeOf(gradient, part) > 0)
    );
    if (isKept && forms.some(isMeant)) {
      return without.length === 0 || momentum === undefined ? [] : [missingIn(without)];
    }
    if (isKept) return right;
    return [{ id: "wrong-update", layers: [], form: "changes-gradient" }];
  }
  // One finding for each form, with the layers that have it.
  return [...Map.groupBy(wrong, ({ form, value }) => `${form} ${value?.toPrecision(4)}`).values()]
    .map((group) => {
      const [{ form, value }] = group;
      const layers = [...new Set(group.map(({ part }) => part.layer))];
      const kinds = new Set(group.map(({ part }) => part.kind));
      const [kind] = kinds;
      return {
        id: "wrong-update",
        layers,
        form,
        ...(kinds.size === 1 && { kind }),
        ...(value !== undefined && { value: Number(value.toPrecision(4)) }),
        ...(form === "momentum" && value !== undefined && value > 0 && value < 1 && {
          convention: { momentum: Number(value.toPrecision(4)) },
        }),
      };
    });
}

interface Form {
  readonly form:
    | "none"
    | "into-gradient"
    | "ascends"
    | "ignores-rate"
    | "rate-squared"
    | "divided-by-batch"
    | "times"
    | "momentum"
    | "nesterov"
    | "decay"
    | "unexplained";
  readonly value?: number;
}

/** What is wrong with the update of one part; undefined if nothing is. */
function formOf(
  { start, end }: Part,
  updates: readonly OwnUpdate[],
  rows: number,
  fit: number,
): Form | undefined {
  const cut = (values: Float64Array) => values.subarray(start, end);
  const stepOf = ({ before, after }: OwnUpdate) => cut(after.map((value, p) => value - before[p]));
  const steps = updates.map(stepOf);
  const gradients = updates.map(({ gradient }) => cut(gradient));
  if (gradients.every((one) => one.every((g) => g === 0))) return undefined;
  if (steps.every((step) => step.every((value) => value === 0))) {
    const isInGradient = updates.every(({ rate, before, gradient, left }) =>
      cut(left).every((value, p) =>
        Math.abs(value - (before[start + p] - rate * gradient[start + p])) <=
          fit * (1 + Math.abs(value))
      )
    );
    return { form: isInGradient ? "into-gradient" : "none" };
  }
  const factors = steps.map((step, u) => {
    const { coefficients: [factor], error } = fitConstants([step], [[gradients[u]]]);
    return error <= fit ? factor : NaN;
  });
  const [first, second, small] = factors.map((factor, u) => -factor / updates[u].rate);
  const near = (a: number, b: number) => Math.abs(a - b) <= fit * Math.abs(b);
  if ([first, second, small].every((one) => near(one, 1))) return undefined;
  if (Number.isFinite(first) && near(first, second) && near(first, small)) {
    if (near(first, -1)) return { form: "ascends" };
    if (rows > 1 && near(first * rows, 1)) return { form: "divided-by-batch" };
    return { form: "times", value: first };
  }
  const [rate, , smallRate] = updates.map((one) => one.rate);
  if (near(first * rate, 1) && near(small * smallRate, 1)) return { form: "ignores-rate" };
  if (near(first, rate) && near(small, smallRate)) return { form: "rate-squared" };
  if (near(first, second) && near(first * rate, small * smallRate)) {
    return { form: "ignores-rate", value: first * rate };
  }
  const mu = second - 1;
  // A velocity of gradients, or of steps, whose third one still has the first rate; rates that decay have neither.
  const isVelocity = near(small, 1 + mu + mu ** 2) ||
    near(small, 1 + (rate / smallRate) * mu * (1 + mu));
  if (near(first, 1) && Number.isFinite(second) && (second > 1 || mu > -1 && isVelocity)) {
    return { form: "momentum", value: mu };
  }
  const ahead = first - 1;
  if (ahead > 0 && ahead < 1 && near(second, 1 + ahead + ahead ** 2)) {
    return { form: "nesterov", value: ahead };
  }
  const bases = [gradients, updates.map(({ before }) => cut(before))];
  const decays = steps.map((step, u) => {
    const { coefficients: [g, w], error } = fitConstants([step], bases.map((one) => [one[u]]));
    return error <= fit && near(-g / updates[u].rate, 1) ? -w / updates[u].rate : NaN;
  });
  if (near(decays[0], decays[2])) return { form: "decay", value: decays[0] };
  return { form: "unexplained" };
}
