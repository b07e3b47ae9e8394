import { type Behaviour, named } from "./behaviour.ts";
import { type Case, isRight, type Scale } from "./explain_cases.ts";
import type { Finding } from "../format/finding.ts";
import { figure } from "./finding_words.ts";

/** Parts that are too large, too small, turned round or missing; those of one factor together. */
export function scaleFindings(
  scales: readonly Scale[],
  cases: readonly Case[],
  { unwritten }: Behaviour,
): Finding[] {
  const wrong = scales.filter((scale) => !isRight(scale));
  const isNothing = scales.every(({ factor }) => factor === 0);
  const missing = isNothing
    ? []
    : wrong.filter(({ factor, part }) => factor === 0 && part.kind === "biases");
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
      ? `Always 0: ${where}.`
      : `${capital(where)} is ${figure(factor)} × the oracle's, whatever the minibatch.`,
    factor === 0
      ? "These weights never learn."
      : "A constant factor acts like another learning rate" +
        (factor === 2 ? "; 2 is what the derivative of ‖a − y‖² gives without the ½." : "."),
    factor === 0 ? "Write every element of the gradient." : "Take the factor out.",
  );
}

const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);
