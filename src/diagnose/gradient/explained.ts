import { judge } from "../../check/judge_gradient.ts";
import type { Agreement, Finding } from "../../format/finding.ts";
import type { Precision, Problem } from "../../gradients/contract.ts";
import { eraseBiases } from "../../model/layout.ts";
import { referenceGradient } from "../../model/reference.ts";
import type { Explanation } from "../inside/explain_program.ts";
import { EXACTNESS } from "../inside/readings.ts";
import { rightProgram } from "../inside/right_program.ts";
import { simulate } from "../inside/simulate.ts";
import { ROW_FINDINGS } from "../words/mistake_words.ts";
import type { AskKernel } from "./ask_again.ts";
import type { Behaviour } from "./behaviour.ts";
import { type Case, CLOSENESS, type ExaminedKernel, type Question } from "./examined_kernel.ts";
import { isWrongWhenFull } from "./kept_answers.ts";
import { distance, type Part, partsOf, sizeOf } from "./parts.ts";
import { MOST_ROWS } from "./probes.ts";
import { programFindings } from "./program_findings.ts";
import { programScales } from "./program_scales.ts";
import { findReturnedLoss, lossFindings } from "./returned_loss.ts";
import { type Scale, scaleFindings } from "./scale_findings.ts";
import { FINE } from "./some_rounding.ts";
import { unexplained } from "./unexplained.ts";

/** Asks one question, and the oracle. */
export async function caseOf(
  { problem: { network, dataset }, withoutBiases }: ExaminedKernel,
  ask: AskKernel,
  question: Question,
): Promise<Case> {
  const expected = new Float64Array(question.parameters.length);
  referenceGradient(network, question.parameters, dataset, question.batch, expected);
  if (withoutBiases) eraseBiases(network, expected);
  return { ...question, expected, ...await ask(question) };
}

/** What is explained. */
export interface Whole {
  readonly problem: Problem;
  readonly cases: readonly Case[];
  readonly behaviour: Behaviour;
  readonly precision: Precision;
  readonly withoutBiases: boolean;
  readonly returnsLoss: boolean;
}

/** A gradient is further from the oracle's than rounding explains. */
export function departs(
  { closeness, derivedAtRate }: ExaminedKernel,
  { problem, cases, precision }: Whole,
): boolean {
  const parts = partsOf(problem.network);
  // Half precision is off by less than what counts as equal elsewhere; the bound decides.
  const far = Math.min(closeness, FINE.fit);
  return cases.some((one) => {
    const { gradient, expected } = one;
    const isFar = (part: Part) => distance(gradient, expected, part) > far * sizeOf(expected, part);
    if (!parts.some(isFar)) return false;
    const answer = { ...one, loss: 0, derivedAtRate };
    const at = { batchSize: one.batch.length };
    return judge(problem, precision, answer, { loss: 0, gradient: expected }, at, MOST_ROWS)
      .some(({ excess }) => !(excess <= 1));
  });
}

/** The loss that a right gradient is returned with. */
export function rightLoss({ problem, cases, precision, returnsLoss }: Whole): Finding[] {
  if (!returnsLoss) return [];
  const outputs = cases.map(({ parameters, batch }) =>
    outputsOf(problem, undefined, parameters, batch)
  );
  const returned = findReturnedLoss(problem, cases, outputs, CLOSENESS[precision]);
  return lossFindings(problem, [], [], returned, cases);
}

function outputsOf(
  { network, dataset, maxBatchSize }: Problem,
  explanation: Explanation | undefined,
  parameters: Float64Array,
  batch: Uint32Array,
): Float64Array[] {
  const simulated = explanation?.simulated ?? rightProgram(network);
  return simulate(simulated, network, dataset, parameters, batch, maxBatchSize).outputs;
}

/** What an explanation comes to, as findings; `known` are those of the behaviour. */
export function explained(
  { problem, cases, behaviour, precision, withoutBiases, returnsLoss }: Whole,
  explanation: Explanation | undefined,
  examples: number,
  known: Finding[],
): Finding[] {
  const { network, dataset, maxBatchSize: longest } = problem;
  const lengths = cases.map(({ batch }) => batch.length);
  const isZero = cases.every(({ gradient }) => gradient.every((g) => g === 0));
  if (explanation === undefined && isZero) {
    const scales = partsOf(network).map((part): Scale => ({
      part,
      factor: 0,
      divisor: "examples",
    }));
    return scaleFindings(scales, longest, examples, behaviour);
  }
  if (explanation === undefined) return [unexplained(problem, cases, [], EXACTNESS[precision].fit)];
  const { error, inside, simulated, singleRows } = explanation;
  const { fit } = inside.exactness;
  const isConfirmed = error <= 10 * fit;
  const isRough = fit > EXACTNESS[precision].fit;
  const closeness = isRough ? 10 * fit : CLOSENESS[precision];
  const agreement: Agreement | undefined = isConfirmed
    ? {
      minibatches: singleRows ?? cases.length,
      fewestExamples: singleRows === undefined ? Math.min(...lengths) : 1,
      mostExamples: singleRows === undefined ? Math.max(...lengths) : 1,
      error,
    }
    : undefined;
  const outputs = cases.map(({ parameters, batch }) =>
    outputsOf(problem, explanation, parameters, batch)
  );
  const comparesLoss = returnsLoss && singleRows === undefined;
  const returned = simulated && comparesLoss
    ? findReturnedLoss(problem, cases, outputs, closeness)
    : undefined;
  const stages = programFindings(network, explanation, agreement).map((one): Finding =>
    one.id === "rows-interact" && simulated === undefined &&
      isWrongWhenFull(cases, network, CLOSENESS[precision])
      ? { ...one, id: "rows-interact", form: "full-minibatches" }
      // δ = a − y is right for another loss; if the program returns another loss, that was the intention.
      : one.id === "missing-output-derivative" && returned && !returned.isAsked
      ? { ...one, id: "other-loss", form: returned.loss }
      : one
  );
  let scales = programScales(network, explanation, longest, dataset.count)
    .filter(({ part }) => !withoutBiases || part.kind === "weights");
  const momentum = known.find((one) => one.id === "momentum-inside");
  if (momentum && "coefficient" in momentum) {
    const isAll = (share: number) =>
      share > 0 && scales.length > 0 &&
      scales.every(({ factor }) => Math.abs(factor / share - 1) < 1e-3);
    const isAverage = momentum.form === undefined && isAll(1 - momentum.coefficient);
    if (isAverage) {
      const { convention: _, ...inside } = momentum;
      known[known.indexOf(momentum)] = { ...inside, average: true } as Finding;
    }
    // How much the newest gradient counts is a part of such a form.
    if (isAverage || momentum.form === "other" && isAll(scales[0]?.factor ?? 0)) {
      scales = scales.map((one) => ({ ...one, factor: 1 }));
    }
  }
  const rule = simulated?.reduction.rule.skipped;
  const isOneRow = rule?.skipped.startsWith("all-but") ?? false;
  const skipped = rule && !isOneRow && agreement
    ? [{ id: "examples-skipped", layers: [], ...rule, agreement } as Finding]
    : [];
  const isWhole = isConfirmed && inside.unexplained.length === 0;
  const findings: Finding[] = [
    ...stages,
    ...scaleFindings(scales, longest, examples, behaviour),
    ...skipped,
    ...(simulated && isWhole && comparesLoss
      ? lossFindings(problem, [...stages, ...skipped], scales, returned, cases)
      : []),
  ];
  const isToldOtherwise = stages.some(({ id }) => ROW_FINDINGS.has(id));
  if (isWhole || (inside.unexplained.length === 0 && isToldOtherwise)) return findings;
  return [...findings, unexplained(problem, cases, inside.unexplained, fit)];
}
