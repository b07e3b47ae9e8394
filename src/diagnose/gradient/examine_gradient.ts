import { messageOf } from "../../base/errors.ts";
import { judge } from "../../check/judge_gradient.ts";
import type { Agreement, Finding, FixedFinding } from "../../format/finding.ts";
import type { GradientImplementation, Precision, Problem } from "../../gradients/contract.ts";
import { eraseBiases } from "../../model/layout.ts";
import { referenceGradient } from "../../model/reference.ts";
import { makeExam } from "../inside/exam.ts";
import { explainProgram, type Explanation } from "../inside/explain_program.ts";
import { rightProgram } from "../inside/right_program.ts";
import { EXACTNESS } from "../inside/readings.ts";
import { simulate } from "../inside/simulate.ts";
import { ROW_FINDINGS } from "../words/mistake_words.ts";
import { type AskKernel, createAsk } from "./ask_again.ts";
import { type Behaviour, behaviourFindings, observe } from "./behaviour.ts";
import {
  type Case,
  CLOSENESS,
  type ExaminedKernel,
  openForExamination,
  type Question,
} from "./examined_kernel.ts";
import { withFiles } from "./exam_files.ts";
import { fillBrokenParts } from "./fill_broken_parts.ts";
import { droppedShare } from "./dropout.ts";
import { findingOrder } from "./finding_order.ts";
import { isRepeated, isSame, isWrongWhenFull } from "./kept_answers.ts";
import { updateFindings } from "./own_update.ts";
import { locateFindings } from "./locate_findings.ts";
import { distance, nameOf, type Part, partsOf, sizeOf } from "./parts.ts";
import { MOST_ROWS, probesOf } from "./probes.ts";
import { programFindings, programScales } from "./program_findings.ts";
import { findReturnedLoss, lossFindings } from "./returned_loss.ts";
import { findSilence } from "./silent_neurons.ts";
import { type Scale, scaleFindings } from "./scale_findings.ts";
import { unexplained } from "./unexplained.ts";

/** Parameters are enlarged by this factor to see whether anything overflows. */
const ENLARGED = 1000;

/**
 * Asks an implementation for gradients and compares them with the oracle's. Where they differ, reads the program from
 * the inside and names the stages that depart. Returns an empty list if all is right. `initial` holds the parameters at
 * the start, canonical order.
 */
export async function examineGradient(
  implementation: GradientImplementation,
  given: Problem,
  initial: Float64Array,
  seed: number,
): Promise<Finding[]> {
  const longest = Math.min(given.maxBatchSize, MOST_ROWS);
  using dataset = withFiles(makeExam(given.dataset, seed).dataset, given.dataset);
  const problem = { ...given, dataset, maxBatchSize: longest };
  const kernel = await openForExamination(implementation, problem);
  const exam = makeExam(given.dataset, seed, kernel.withoutBiases);
  const { network } = problem;
  try {
    const probes = probesOf(problem, initial, seed).map((one) =>
      kernel.withoutBiases
        ? { ...one, parameters: eraseBiases(network, one.parameters.slice()) }
        : one
    );
    const observed = await observe(kernel, probes[0]);
    const dropped = observed.answers === "varies"
      ? await droppedShare(kernel, probes[0])
      : undefined;
    const behaviour = { ...observed, ...(dropped !== undefined && { dropped }) };
    const findings: Finding[] = behaviourFindings(behaviour);
    if (behaviour.answers === "varies") return findings;
    const ask = await createAsk(kernel, behaviour, probes[0]);
    const cases: Case[] = [];
    for (const probe of probes) cases.push(await caseOf(kernel, ask, probe));
    const askFilled = fillBrokenParts(kernel, ask, cases);
    const filled: Case[] = [];
    if (askFilled !== ask) {
      for (const probe of probes) filled.push(await caseOf(kernel, askFilled, probe));
    }
    const finite = (askFilled === ask ? cases : filled)
      .filter(({ gradient }) => gradient.every(Number.isFinite));
    if (finite.length > 0) {
      const { precision } = implementation;
      const { withoutBiases, returnsLoss } = kernel;
      const whole = { problem, cases: finite, behaviour, precision, withoutBiases, returnsLoss };
      const read = async (ask: AskKernel, cases: readonly Case[]) => {
        const explanation = await explainProgram(
          async (parameters, rows) => await ask({ parameters, batch: Uint32Array.from(rows) }),
          network,
          exam,
          cases,
          EXACTNESS[precision],
          longest,
          seed,
        );
        const told = explained({ ...whole, cases }, explanation, given.dataset.count, findings);
        return { explanation, told };
      };
      const isWrong = departs(kernel, whole);
      const silence = isWrong
        ? await findSilence(kernel, askFilled, finite, exam, seed)
        : undefined;
      if (silence) {
        const { mended, ...figures } = silence;
        findings.push({ id: "silent-neurons", ...figures, layers: [...silence.layers] });
        const readings: Awaited<ReturnType<typeof read>>[] = [];
        for (const ask of mended) {
          const cases: Case[] = [];
          for (const probe of probes) cases.push(await caseOf(kernel, ask, probe));
          if (departs(kernel, { ...whole, cases })) readings.push(await read(ask, cases));
          else return [...findings, ...await updateFindings(kernel, probes[0], precision)];
        }
        const [best] = readings.sort((a, b) => unreadIn(a) - unreadIn(b));
        findings.push(...best?.told ?? []);
      } else if (isWrong && isRepeated(finite)) {
        return [...findings, { id: "non-deterministic", layers: [], changes: "never" }];
      } else if (isWrong) {
        const { explanation, told } = await read(askFilled, finite);
        // Formulas of a program that has changed meanwhile mean nothing.
        const again = await caseOf(kernel, askFilled, probes[0]);
        if (!isSame(kernel, again, (askFilled === ask ? cases : filled)[0])) {
          return [...findings, { id: "non-deterministic", layers: [], changes: "at-the-end" }];
        }
        findings.push(
          ...(explanation
            ? await locateFindings(told, kernel, explanation, network, exam, seed)
            : told),
        );
      } else findings.push(...rightLoss(whole));
    }
    findings.push(...await updateFindings(kernel, probes[0], implementation.precision));
    findings.push(...await overflow(kernel, ask, probes[0], cases));
    return findings.sort((a, b) => findingOrder(a) - findingOrder(b));
  } finally {
    await kernel.close();
  }
}

/** How much of a program is not explained. */
const unreadIn = ({ explanation }: { explanation: Explanation | undefined }): number =>
  explanation ? explanation.inside.unexplained.length + Math.min(1, explanation.error) : Infinity;

/** Asks one question, and the oracle. */
async function caseOf(
  { problem: { network, dataset }, withoutBiases }: ExaminedKernel,
  ask: AskKernel,
  question: Question,
): Promise<Case> {
  const expected = new Float64Array(question.parameters.length);
  referenceGradient(network, question.parameters, dataset, question.batch, expected);
  if (withoutBiases) eraseBiases(network, expected);
  return { ...question, expected, ...await ask(question) };
}

interface Whole {
  readonly problem: Problem;
  readonly cases: readonly Case[];
  readonly behaviour: Behaviour;
  readonly precision: Precision;
  readonly withoutBiases: boolean;
  readonly returnsLoss: boolean;
}

/** A gradient is further from the oracle's than rounding explains. */
function departs(
  { closeness, derivedAtRate }: ExaminedKernel,
  { problem, cases, precision }: Whole,
): boolean {
  const parts = partsOf(problem.network);
  return cases.some((one) => {
    const { gradient, expected } = one;
    const isFar = (part: Part) =>
      distance(gradient, expected, part) > closeness * sizeOf(expected, part);
    if (!parts.some(isFar)) return false;
    const answer = { ...one, loss: 0, derivedAtRate };
    const at = { batchSize: one.batch.length };
    return judge(problem, precision, answer, { loss: 0, gradient: expected }, at, MOST_ROWS)
      .some(({ excess }) => !(excess <= 1));
  });
}

function rightLoss({ problem, cases, precision, returnsLoss }: Whole): FixedFinding[] {
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

function explained(
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
  const { error, inside, simulated } = explanation;
  const isConfirmed = error <= 10 * EXACTNESS[precision].fit;
  const agreement: Agreement | undefined = isConfirmed
    ? {
      minibatches: cases.length,
      fewestExamples: Math.min(...lengths),
      mostExamples: Math.max(...lengths),
      error,
    }
    : undefined;
  const outputs = cases.map(({ parameters, batch }) =>
    outputsOf(problem, explanation, parameters, batch)
  );
  const returned = simulated && returnsLoss
    ? findReturnedLoss(problem, cases, outputs, CLOSENESS[precision])
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
    const share = 1 - momentum.coefficient;
    if (scales.every(({ factor }) => Math.abs(factor / share - 1) < 1e-3)) {
      known[known.indexOf(momentum)] = { ...momentum, average: true } as Finding;
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
    ...(simulated && isWhole && returnsLoss
      ? lossFindings(problem, [...stages, ...skipped], scales, returned, cases)
      : []),
  ];
  const isToldOtherwise = stages.some(({ id }) => ROW_FINDINGS.has(id));
  if (isWhole || (inside.unexplained.length === 0 && isToldOtherwise)) return findings;
  return [...findings, unexplained(problem, cases, inside.unexplained, EXACTNESS[precision].fit)];
}

/** NaN or Infinity where the oracle gives numbers. */
async function overflow(
  kernel: ExaminedKernel,
  ask: AskKernel,
  { parameters, batch }: Question,
  cases: readonly Case[],
): Promise<FixedFinding[]> {
  const isFinite = ({ gradient, loss }: Case) =>
    Number.isFinite(loss) && gradient.every(Number.isFinite);
  const broken = cases.filter((one) => !isFinite(one));
  // −log(0) of a certain output is no fault of the gradient, nor is 0 · log(0).
  const isEndless = ({ gradient, loss }: Case) =>
    !Number.isFinite(loss) && gradient.every(Number.isFinite);
  const enlarged = { parameters: parameters.map((value) => Math.fround(ENLARGED * value)), batch };
  const counts = { minibatches: cases.length, broken: broken.length };
  let atEnlarged: Case;
  try {
    atEnlarged = await caseOf(kernel, ask, enlarged);
  } catch (error) { // math.exp of Python does not return Infinity
    const exception = messageOf(error);
    return [{ id: "overflow", layers: [], parts: [], ...counts, enlarged: ENLARGED, exception }];
  }
  if (broken.length === 0 && (isFinite(atEnlarged) || isEndless(atEnlarged))) return [];
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
  return [{ id: "overflow", ...figures, ...counts, enlarged: ENLARGED }];
}
