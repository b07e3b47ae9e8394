import type { GradientImplementation, Problem } from "../../gradients/contract.ts";
import { contributionsOf, rightFormulas } from "../../model/mistakes/formulas.ts";
import { referenceGradient } from "../../model/reference.ts";
import { type Behaviour, named, observe } from "./behaviour.ts";
import { type Case, explainCases, type Explanation, isRight, type Scale } from "./explain.ts";
import { type Finding, GRADIENT_FINDINGS } from "./finding.ts";
import { fitLoss, type LossFit } from "./loss_value.ts";
import { distance, nameOf, partsOf, sizeOf } from "./parts.ts";
import { openPatient, type Patient, type Question } from "./patient.ts";
import { probesOf } from "./probes.ts";
import { layersInWords, wordsOf } from "./words.ts";

/** Longer minibatches tell no more about a mistake, and cost an oracle that is slow. */
const MOST_ROWS = 32;

/** Parameters are made this many times as large to see whether anything overflows. */
const LARGE = 1000;

/** Above so many parameters pairs of mistakes are not tried: there are thousands. */
const MOST_FOR_PAIRS = 100_000;

/**
 * The gradient doctor: asks an implementation for gradients, compares them with the oracle's, and where they
 * differ finds the usual mistake, or the two, that give just these numbers. Empty when all is right. `initial` is a start in canonical order.
 */
export async function examineGradient(
  implementation: GradientImplementation,
  given: Problem,
  initial: Float64Array,
  seed: number,
): Promise<Finding[]> {
  const problem = { ...given, maxBatchSize: Math.min(given.maxBatchSize, MOST_ROWS) };
  const patient = await openPatient(implementation, problem);
  try {
    const probes = probesOf(problem, initial, seed);
    const behaviour = await observe(patient, probes[0]);
    const findings = [...behaviourFindings(behaviour)];
    if (behaviour.answers !== "varies") {
      const cases: Case[] = [];
      for (const probe of probes) cases.push(await caseOf(patient, behaviour, probe));
      findings.push(...arithmeticFindings(patient, cases, behaviour));
      findings.push(...await overflow(patient, behaviour, probes[0], cases));
    }
    return findings.sort((a, b) => rankOf(a) - rankOf(b));
  } finally {
    await patient.close();
  }
}

const rankOf = ({ id }: Finding): number => GRADIENT_FINDINGS.findIndex((known) => known === id);

/** The gradient of one question alone, whatever the kernel adds it to. */
async function caseOf(patient: Patient, behaviour: Behaviour, question: Question): Promise<Case> {
  const { network, dataset } = patient.problem;
  const expected = new Float64Array(question.parameters.length);
  referenceGradient(network, question.parameters, dataset, question.batch, expected);
  const { answers } = behaviour;
  const before = answers === "sums-up" || answers === "remembers"
    ? await patient.ask(question)
    : undefined;
  const { gradient, loss } = await patient.ask(question);
  return {
    ...question,
    expected,
    loss,
    gradient: answers === "sums-up" ? gradient.map((g, p) => g - before!.gradient[p]) : gradient,
  };
}

function behaviourFindings({ answers, spread, update, changesBatch }: Behaviour): Finding[] {
  const findings: Finding[] = [];
  if (update) {
    const { layers, rate } = update;
    findings.push({
      id: "parameters-changed",
      layers: [...layers],
      evidence: `After one call the parameters of ${layersInWords(layers)} are others` +
        (rate === undefined ? "." : `, by −${rate.toPrecision(3)} · its gradient.`),
      meaning: rate === undefined
        ? "The call for a gradient changes the parameters, which it should only read."
        : "The update is applied inside the gradient; the trainer then applies it once more.",
      fix: "Leave `parameters` as they are; the update belongs into `descend`, or to the trainer.",
    });
  }
  if (answers === "varies" || answers === "remembers") {
    findings.push({
      id: "non-deterministic",
      layers: [],
      evidence: answers === "varies"
        ? `Two calls with the same parameters and rows differ by ${percent(spread)}.`
        : "The first call with new parameters or rows differs from the second with the same.",
      meaning: answers === "varies"
        ? "The same question gets different answers: random numbers, a race, or memory that was never set."
        : "The answer depends on the call before: something of it is kept and used once more.",
      fix: answers === "varies"
        ? "Draw nothing at random inside the gradient, set every buffer before it is added to, await all work."
        : "Compute everything from `parameters` and `batch` in each call.",
    });
  }
  if (answers === "adds" || answers === "sums-up") {
    findings.push({
      id: "accumulated",
      layers: [],
      evidence: answers === "adds"
        ? "What stood in `gradient` before the call is still in it afterwards, added to."
        : "Each further call with the same parameters and rows adds the same gradient once more.",
      meaning:
        "Gradients of earlier calls stay in the sum, so each step goes along all that went before.",
      fix: answers === "adds"
        ? "Begin with `gradient.fill(0)`, or write instead of adding."
        : "Set the sums to 0 at the start of every call.",
    });
  }
  if (changesBatch) {
    findings.push({
      id: "unexplained",
      layers: [],
      evidence: "After one call the row numbers in `batch` are others.",
      meaning: "The minibatch is changed, which the trainer goes on to use.",
      fix: "Copy `batch` before sorting or rescaling it.",
    });
  }
  return findings;
}

/** What is wrong with the numbers themselves. */
function arithmeticFindings(
  { problem, closeness }: Patient,
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

/** Parts that are too large, too small, turned round or missing; those of one factor together. */
function scaleFindings(
  scales: readonly Scale[],
  cases: readonly Case[],
  { unwritten }: Behaviour,
): Finding[] {
  const wrong = scales.filter((scale) => !isRight(scale));
  const missing = wrong.filter(({ factor, part }) => factor === 0 && part.kind === "biases");
  const findings: Finding[] = [];
  if (missing.length > 0) {
    const parts = missing.map(({ part }) => part);
    const never = unwritten.filter((part) => parts.some(({ start }) => start === part.start));
    findings.push({
      id: "bias-missing",
      layers: parts.map(({ layer }) => layer),
      evidence: never.length > 0
        ? `The ${named(never)} are never written: they hold what they held before.`
        : `The gradient of the ${named(parts)} is always 0.`,
      meaning: "These biases never learn: they stay what they were at the start.",
      fix: "The gradient of a layer's biases is the mean of its δ over the minibatch.",
    });
  }
  const rest = wrong.filter((scale) => !missing.includes(scale));
  const longest = Math.max(...cases.map(({ batch }) => batch.length));
  const groups = Map.groupBy(
    rest,
    ({ factor, divisor }) => `${factor.toPrecision(3)} ${divisor}`,
  );
  for (const group of groups.values()) {
    const { factor, divisor } = group[0];
    const where = group.length === scales.length
      ? "the whole gradient"
      : `the ${named(group.map(({ part }) => part))}`;
    const layers = [...new Set(group.map(({ part }) => part.layer))];
    if (factor < 0) findings.push(signFinding(where, layers));
    if (Math.abs(factor) !== 1 || !(divisor === "rows" || divisor === "rows kept")) {
      findings.push(scaleFinding(Math.abs(factor), divisor, longest, where, layers));
    }
  }
  return findings;
}

const signFinding = (where: string, layers: readonly number[]): Finding => ({
  id: "sign-reversed",
  layers: [...layers],
  evidence: `In every minibatch ${where} points the opposite way of the oracle's.`,
  meaning:
    "Each step climbs the loss instead of descending: the longer it trains, the worse it gets.",
  fix: "Return dLoss/dw with its sign (δ = (a − y)·σ′, not y − a); the trainer subtracts it.",
});

function scaleFinding(
  factor: number,
  divisor: Scale["divisor"],
  longest: number,
  where: string,
  layers: readonly number[],
): Finding {
  const finding = (
    atLongest: number,
    evidence: string,
    meaning: string,
    fix: string,
  ): Finding => ({
    id: "scale",
    layers: [...layers],
    factor: Number(atLongest.toPrecision(6)),
    evidence,
    meaning,
    fix,
  });
  const times = factor === 1 ? "" : `${figure(factor)} × `;
  if (divisor === "nothing") {
    return finding(
      factor * longest,
      `${capital(where)} is ${times}the sum over the minibatch: ${
        figure(factor * longest)
      } × too large for ${longest} examples, and less for fewer.`,
      "A sum where a mean is asked for: the rate that fits depends on the size of the minibatch.",
      "Divide by the number of examples of this minibatch (batch.length).",
    );
  }
  if (divisor === "rows twice") {
    return finding(
      factor / longest,
      `${capital(where)} is ${times}the mean divided by the number of examples once more.`,
      "The mean is taken twice: steps are too small by the size of the minibatch.",
      "Divide by batch.length once.",
    );
  }
  if (divisor === "longest") {
    return finding(
      factor,
      `${capital(where)} is divided by ${longest} also where the minibatch is shorter.`,
      "The last minibatch of an epoch may be shorter; its gradient is then too small.",
      "Divide by batch.length, not by maxBatchSize.",
    );
  }
  return finding(
    factor,
    factor === 0
      ? `${capital(where)} is always 0.`
      : `${capital(where)} is ${figure(factor)} × the oracle's, whatever the minibatch.`,
    factor === 0
      ? "These weights never learn."
      : "A constant factor acts like another learning rate" +
        (factor === 2 ? "; 2 is what the derivative of ‖a − y‖² gives without the ½." : "."),
    factor === 0 ? "Write every element of the gradient." : "Take the factor out.",
  );
}

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

/** Which loss the returned value is, by the formulas that explain the gradient. */
function returnedLoss(
  problem: Problem,
  cases: readonly Case[],
  { mistakes }: Explanation,
  closeness: number,
): LossFit | undefined {
  const formulas = rightFormulas(problem.network);
  mistakes.forEach((mistake) => mistake.change(formulas));
  const { network, dataset } = problem;
  return fitLoss(
    network.outputLoss,
    cases.map(({ parameters, batch, loss }) => ({
      loss,
      outputs: contributionsOf(formulas, network, parameters, dataset, batch).outputs,
      hot: Array.from(batch, (row) => formulas.hotLabel(dataset.labels[row])),
    })),
    closeness,
  );
}

function lossFindings(
  { network }: Problem,
  found: Explanation,
  loss: LossFit | undefined,
  cases: readonly Case[],
): Finding[] {
  const ids = found.mistakes.map(({ id }) => id);
  // Said already, or not to be told apart from rows that are missing in the loss as well.
  if (ids.includes("loss-mismatch") || found.rule.leavesOut !== "") return [];
  if (ids.includes("missing-output-derivative") && loss && !loss.isAsked) return [];
  const isMean = loss?.isAsked && loss.over === "rows" && Math.abs(loss.factor - 1) < 1e-3;
  if (isMean) return [];
  const uniform = found.scales.every((scale, _, [first]) =>
    scale.factor === first.factor && scale.divisor === first.divisor
  );
  const [{ factor, divisor }] = found.scales;
  // The gradient is too large by just what the loss is: one mistake, which is told as its scale.
  if (
    loss?.isAsked && uniform && Math.abs(Math.abs(factor) / loss.factor - 1) < 1e-3 &&
    (loss.over === "rows" ? divisor === "rows" : divisor === "nothing")
  ) return [];
  const is = loss === undefined
    ? `no loss known here (${cases[0].loss} for the first minibatch)`
    : `${Math.abs(loss.factor - 1) < 1e-3 ? "" : `${figure(loss.factor)} × `}the ${
      loss.over === "rows" ? "mean" : "sum"
    } of ${loss.kind}`;
  return [{
    id: "loss-mismatch",
    layers: [network.layerSizes.length - 1],
    evidence: `The returned value is ${is}; the gradient is that of another function.`,
    meaning:
      "Loss and gradient are not of one function: the loss that is shown is not what is descended.",
    fix: "Return the mean over the minibatch of the loss whose gradient you compute.",
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
  patient: Patient,
  behaviour: Behaviour,
  { parameters, batch }: Question,
  cases: readonly Case[],
): Promise<Finding[]> {
  const isFinite = ({ gradient, loss }: Case) =>
    Number.isFinite(loss) && gradient.every(Number.isFinite);
  const broken = cases.filter((one) => !isFinite(one));
  const large = { parameters: parameters.map((value) => Math.fround(LARGE * value)), batch };
  const atLarge = await caseOf(patient, behaviour, large);
  if (broken.length === 0 && isFinite(atLarge)) return [];
  const { gradient, loss } = broken[0] ?? atLarge;
  const parts = partsOf(patient.problem.network).filter(({ start, end }) =>
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

const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;
const figure = (value: number): string => String(Number(value.toPrecision(4)));
const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);
