import type { Problem } from "../gradients/contract.ts";
import { contributionsOf, rightFormulas } from "./formulas.ts";
import type { Case, Explanation } from "./explain_cases.ts";
import type { Finding } from "../format/finding.ts";
import { fitLoss, type LossFit } from "./loss_value.ts";
import { figure } from "./finding_words.ts";

/** Which loss the returned value is, by the formulas that explain the gradient. */
export function returnedLoss(
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

export function lossFindings(
  { network }: Problem,
  found: Explanation,
  loss: LossFit | undefined,
  cases: readonly Case[],
): Finding[] {
  const ids = found.mistakes.map(({ id }) => id);
  // Said already, or not to be told apart from rows that are missing in the loss as well.
  if (ids.includes("loss-mismatch") || found.rule.leavesOut !== "") return [];
  if (ids.includes("missing-output-derivative") && loss && !loss.isAsked) return [];
  if (!cases.some((one) => Number.isFinite(one.loss))) return []; // told as no number
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
