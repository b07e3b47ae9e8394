import type { GradientImplementation, Problem } from "../gradients/contract.ts";
import { referenceGradient } from "../model/reference.ts";
import { type Behaviour, named, observe } from "./behaviour.ts";
import { behaviourFindings } from "./behaviour_findings.ts";
import { type Case, explainCases, type Explanation } from "./explain_cases.ts";
import { type Finding, GRADIENT_FINDINGS } from "../format/finding.ts";
import { lossFindings, returnedLoss } from "./loss_findings.ts";
import type { LossFit } from "./loss_value.ts";
import { distance, nameOf, partsOf, sizeOf } from "./parts.ts";
import { type KernelUnderTest, openKernelUnderTest, type Question } from "./examined_kernel.ts";
import { probesOf } from "./probes.ts";
import { scaleFindings } from "./scale_findings.ts";
import { wordsOf } from "./finding_words.ts";

/** Longer minibatches tell no more about a mistake, and cost an oracle that is slow. */
const MOST_ROWS = 32;

/** Parameters are made this many times as large to see whether anything overflows. */
const LARGE = 1000;

/** Above so many parameters pairs of mistakes are not tried: there are thousands. */
const MOST_FOR_PAIRS = 100_000;

/**
 * Examines the gradient: asks an implementation for gradients, compares them with the oracle's, and where they
 * differ finds the usual mistake, or the two, that give just these numbers. Empty when all is right. `initial`
 * is a start in canonical order.
 */
export async function examineGradient(
  implementation: GradientImplementation,
  given: Problem,
  initial: Float64Array,
  seed: number,
): Promise<Finding[]> {
  const problem = { ...given, maxBatchSize: Math.min(given.maxBatchSize, MOST_ROWS) };
  const tested = await openKernelUnderTest(implementation, problem);
  try {
    const probes = probesOf(problem, initial, seed);
    const behaviour = await observe(tested, probes[0]);
    const findings = [...behaviourFindings(behaviour)];
    if (behaviour.answers !== "varies") {
      const cases: Case[] = [];
      for (const probe of probes) cases.push(await caseOf(tested, behaviour, probe));
      findings.push(...arithmeticFindings(tested, cases, behaviour));
      findings.push(...await overflow(tested, behaviour, probes[0], cases));
    }
    return findings.sort((a, b) => rankOf(a) - rankOf(b));
  } finally {
    await tested.close();
  }
}

const rankOf = ({ id }: Finding): number => GRADIENT_FINDINGS.findIndex((known) => known === id);

/** The gradient of one question alone, whatever the kernel adds it to. */
async function caseOf(
  tested: KernelUnderTest,
  behaviour: Behaviour,
  question: Question,
): Promise<Case> {
  const { network, dataset } = tested.problem;
  const expected = new Float64Array(question.parameters.length);
  referenceGradient(network, question.parameters, dataset, question.batch, expected);
  const { answers } = behaviour;
  const before = answers === "sums-up" || answers === "remembers"
    ? await tested.ask(question)
    : undefined;
  const { gradient, loss } = await tested.ask(question);
  return {
    ...question,
    expected,
    loss,
    gradient: answers === "sums-up" ? gradient.map((g, p) => g - before!.gradient[p]) : gradient,
  };
}

/** What is wrong with the numbers themselves. */
function arithmeticFindings(
  { problem, closeness }: KernelUnderTest,
  all: readonly Case[],
  behaviour: Behaviour,
): Finding[] {
  const cases = all.filter(({ gradient }) => gradient.every(Number.isFinite));
  if (cases.length === 0) return []; // told by `overflow`
  const tryPairs = cases[0].expected.length <= MOST_FOR_PAIRS;
  const found = explainCases(problem, cases, closeness, tryPairs);
  if (found === undefined) return [unexplained(problem, cases, closeness, tryPairs)];
  const loss = returnedLoss(problem, cases, found, closeness);
  return [
    ...mistakenFormulas(found, cases, loss),
    ...scaleFindings(found.scales, cases, behaviour),
    ...skippedExamples(found, cases),
    ...lossFindings(problem, found, loss, cases),
  ];
}

function mistakenFormulas(
  found: Explanation,
  cases: readonly Case[],
  loss: LossFit | undefined,
): Finding[] {
  return found.mistakes.map((mistake): Finding => {
    const seen = reproduced(found, cases);
    // δ = a − y is right for another loss; where that one is returned, it was meant.
    if (mistake.id === "missing-output-derivative" && loss && !loss.isAsked) {
      return {
        id: "loss-mismatch",
        layers: [...mistake.layers],
        evidence: `Gradient and loss are those of ${loss.kind}; ${seen}`,
        meaning: "It computes another loss than the problem asks for.",
        fix: "Use the loss of the problem (network.outputLoss), or ask for the other one.",
      };
    }
    return {
      id: mistake.id,
      layers: [...mistake.layers],
      evidence: `The oracle with this mistake${mistake.form ? ` (${mistake.form})` : ""} ${seen}`,
      ...wordsOf(mistake),
    };
  });
}

const reproduced = ({ error }: Explanation, cases: readonly Case[]): string =>
  `gives the same numbers: ${cases.length} minibatches of ${
    Math.min(...cases.map(({ batch }) => batch.length))
  } to ${Math.max(...cases.map(({ batch }) => batch.length))} examples, relative error at most ` +
  `${error.toExponential(1)}.`;

function skippedExamples({ rule, ...found }: Explanation, cases: readonly Case[]): Finding[] {
  if (rule.leavesOut === "") return [];
  return [{
    id: "examples-skipped",
    layers: [],
    evidence: `Without ${rule.leavesOut} the oracle ${reproduced({ rule, ...found }, cases)}`,
    meaning: `The gradient leaves out ${rule.leavesOut}.`,
    fix:
      "Let the loop over the minibatch run from 0 to batch.length − 1, and treat what is left over.",
  }];
}

function unexplained(
  { network }: Problem,
  cases: readonly Case[],
  closeness: number,
  triedPairs: boolean,
): Finding {
  const errors = partsOf(network).map((part) => ({
    part,
    error: Math.max(
      ...cases.map(({ gradient, expected }) =>
        distance(gradient, expected, part) / (sizeOf(expected, part) || 1)
      ),
    ),
  }));
  const wrong = errors.filter(({ error }) => error > closeness);
  const right = errors.filter(({ error }) => error <= closeness);
  return {
    id: "unexplained",
    layers: [...new Set(wrong.map(({ part }) => part.layer))],
    evidence: `Relative errors: ` +
      wrong.map(({ part, error }) => `${nameOf(part)} ${error.toPrecision(3)}`).join(", ") +
      (right.length > 0 ? `; right: ${named(right.map(({ part }) => part))}.` : "."),
    meaning: "The gradient is wrong, and none of the usual mistakes gives these numbers" +
      (triedPairs ? ", alone or in pairs." : "; pairs were not tried, the network is too large."),
    fix: "Begin with the last layer that is wrong: errors of a layer spread to all below it.",
  };
}

/** Not a number, or infinite, where the oracle is neither. */
async function overflow(
  tested: KernelUnderTest,
  behaviour: Behaviour,
  { parameters, batch }: Question,
  cases: readonly Case[],
): Promise<Finding[]> {
  const isFinite = ({ gradient, loss }: Case) =>
    Number.isFinite(loss) && gradient.every(Number.isFinite);
  const broken = cases.filter((one) => !isFinite(one));
  const large = { parameters: parameters.map((value) => Math.fround(LARGE * value)), batch };
  const atLarge = await caseOf(tested, behaviour, large);
  if (broken.length === 0 && isFinite(atLarge)) return [];
  const { gradient, loss } = broken[0] ?? atLarge;
  const parts = partsOf(tested.problem.network).filter(({ start, end }) =>
    !gradient.subarray(start, end).every(Number.isFinite)
  );
  const what = [
    ...(Number.isFinite(loss) ? [] : [`the loss is ${loss}`]),
    ...(parts.length > 0 ? [`the gradient of the ${named(parts)} is not finite`] : []),
  ].join(", ");
  const layers = [...new Set(parts.map(({ layer }) => layer))];
  if (broken.length === cases.length) {
    return [{
      id: "unexplained",
      layers,
      evidence: `In every minibatch ${what}.`,
      meaning:
        "It never gives numbers: an element behind the end of an array (undefined), a division by 0, " +
        "or e^z that overflows already here.",
      fix: "Look at the first value that is not finite, from the pixels on upwards.",
    }];
  }
  return [{
    id: "overflow",
    layers,
    evidence: broken.length > 0
      ? `In ${broken.length} of ${cases.length} ordinary minibatches ${what}.`
      : `With parameters ${LARGE} times as large ${what}; the oracle's is finite.`,
    meaning: "e^z leaves the range of numbers, and Infinity / Infinity or 0 · Infinity is NaN.",
    fix:
      "Subtract the greatest z before e^z (softmax), write σ(z) as 1 / (1 + e^−z), take logarithms " +
      "of sums once.",
  }];
}
