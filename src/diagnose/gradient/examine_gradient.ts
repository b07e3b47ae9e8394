import type { Agreement, Finding, FixedFinding } from "../../format/finding.ts";
import type { GradientImplementation, Problem } from "../../gradients/contract.ts";
import { referenceGradient } from "../../model/reference.ts";
import { type Behaviour, behaviourFindings, observe } from "./behaviour.ts";
import { type ExaminedKernel, openForExamination, type Question } from "./examined_kernel.ts";
import { type Case, explainGradients, type Explanation } from "./explain_gradients.ts";
import { type Mistake, MISTAKE_IDS } from "./mistakes.ts";
import { distance, nameOf, partsOf, sizeOf } from "./parts.ts";
import { MOST_ROWS, probesOf } from "./probes.ts";
import { findReturnedLoss, lossFindings, type ReturnedLoss } from "./returned_loss.ts";
import { scaleFindings } from "./scale_findings.ts";

/** Parameters are enlarged by this factor to see whether anything overflows. */
const ENLARGED = 1000;

/** With more parameters, the thousands of pairs of mistakes take too long. */
const MOST_FOR_PAIRS = 100_000;

/** The most important first. */
const ORDER: readonly string[] = [
  "parameters-changed",
  "non-deterministic",
  "accumulated",
  "batch-changed",
  "sign-reversed",
  ...MISTAKE_IDS,
  "loss-mismatch",
  "bias-missing",
  "examples-skipped",
  "scale",
  "overflow",
  "never-finite",
  "unexplained",
];

/**
 * Asks an implementation for gradients and compares them with the oracle's. Where they differ, finds the usual mistake,
 * or the pair of mistakes, that gives the same numbers. Returns an empty list if all is right. `initial` holds the
 * parameters at the start, canonical order.
 */
export async function examineGradient(
  implementation: GradientImplementation,
  given: Problem,
  initial: Float64Array,
  seed: number,
): Promise<Finding[]> {
  const problem = { ...given, maxBatchSize: Math.min(given.maxBatchSize, MOST_ROWS) };
  const kernel = await openForExamination(implementation, problem);
  try {
    const probes = probesOf(problem, initial, seed);
    const behaviour = await observe(kernel, probes[0]);
    const findings: Finding[] = behaviourFindings(behaviour);
    if (behaviour.answers !== "varies") {
      const cases: Case[] = [];
      for (const probe of probes) cases.push(await caseOf(kernel, behaviour, probe));
      findings.push(...arithmeticFindings(kernel, cases, behaviour));
      findings.push(...await overflow(kernel, behaviour, probes[0], cases));
    }
    return findings.sort((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id));
  } finally {
    await kernel.close();
  }
}

/** Asks one question, and subtracts what the kernel kept from earlier calls. */
async function caseOf(
  kernel: ExaminedKernel,
  { answers }: Behaviour,
  question: Question,
): Promise<Case> {
  const { network, dataset } = kernel.problem;
  const expected = new Float64Array(question.parameters.length);
  referenceGradient(network, question.parameters, dataset, question.batch, expected);
  const keeps = answers === "sums-up" || answers === "remembers";
  const before = keeps ? await kernel.ask(question) : undefined;
  const { gradient, loss } = await kernel.ask(question);
  return {
    ...question,
    expected,
    loss,
    gradient: answers === "sums-up" ? gradient.map((g, p) => g - before!.gradient[p]) : gradient,
  };
}

function arithmeticFindings(
  { problem, closeness }: ExaminedKernel,
  all: readonly Case[],
  behaviour: Behaviour,
): Finding[] {
  const cases = all.filter(({ gradient }) => gradient.every(Number.isFinite));
  if (cases.length === 0) return []; // `overflow` reports it
  const tryPairs = cases[0].expected.length <= MOST_FOR_PAIRS;
  const found = explainGradients(problem, cases, closeness, tryPairs);
  if (found === undefined) return [unexplained(problem, cases, closeness, tryPairs)];
  const { mistakes, rule: { skipped }, scales } = found;
  const returned = findReturnedLoss(problem, cases, found, closeness);
  const agreement = agreementOf(found, cases);
  return [
    ...mistakes.map((mistake) => simulated(mistake, agreement, returned)),
    ...scaleFindings(scales, cases, behaviour),
    ...(skipped ? [{ id: "examples-skipped" as const, layers: [], ...skipped, agreement }] : []),
    ...lossFindings(problem, found, returned, cases),
  ];
}

function simulated(
  { id, form, layers: [...layers] }: Mistake,
  agreement: Agreement,
  returned: ReturnedLoss | undefined,
): Finding {
  // δ = a − y is right for another loss; if the kernel returns another loss, that was the intention.
  return id === "missing-output-derivative" && returned && !returned.isAsked
    ? { id: "other-loss", form: returned.loss, layers, agreement }
    : { id, ...(form && { form }), layers, agreement };
}

function agreementOf({ error }: Explanation, cases: readonly Case[]): Agreement {
  const lengths = cases.map(({ batch }) => batch.length);
  return {
    minibatches: cases.length,
    fewestExamples: Math.min(...lengths),
    mostExamples: Math.max(...lengths),
    error,
  };
}

function unexplained(
  { network }: Problem,
  cases: readonly Case[],
  closeness: number,
  triedPairs: boolean,
): FixedFinding {
  const errors = partsOf(network).map((part) => ({
    part: nameOf(part),
    error: Math.max(
      ...cases.map(({ gradient, expected }) =>
        distance(gradient, expected, part) / (sizeOf(expected, part) || 1)
      ),
    ),
  }));
  const wrong = errors.filter(({ error }) => error > closeness);
  return {
    id: "unexplained",
    layers: [...new Set(wrong.map(({ part }) => part.layer))],
    wrong,
    right: errors.filter(({ error }) => error <= closeness).map(({ part }) => part),
    triedPairs,
  };
}

/** NaN or Infinity where the oracle gives numbers. */
async function overflow(
  kernel: ExaminedKernel,
  behaviour: Behaviour,
  { parameters, batch }: Question,
  cases: readonly Case[],
): Promise<FixedFinding[]> {
  const isFinite = ({ gradient, loss }: Case) =>
    Number.isFinite(loss) && gradient.every(Number.isFinite);
  const broken = cases.filter((one) => !isFinite(one));
  const enlarged = { parameters: parameters.map((value) => Math.fround(ENLARGED * value)), batch };
  const atEnlarged = await caseOf(kernel, behaviour, enlarged);
  if (broken.length === 0 && isFinite(atEnlarged)) return [];
  const { gradient, loss } = broken[0] ?? atEnlarged;
  const parts = partsOf(kernel.problem.network).filter(({ start, end }) =>
    !gradient.subarray(start, end).every(Number.isFinite)
  );
  const figures = {
    layers: [...new Set(parts.map(({ layer }) => layer))],
    parts: parts.map(nameOf),
    ...(!Number.isFinite(loss) && { loss: String(loss) as "NaN" | "Infinity" | "-Infinity" }),
  };
  if (broken.length === cases.length) return [{ id: "never-finite", ...figures }];
  const counts = { minibatches: cases.length, broken: broken.length };
  return [{ id: "overflow", ...figures, ...counts, enlarged: ENLARGED }];
}
