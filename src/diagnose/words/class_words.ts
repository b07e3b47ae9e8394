import type { Finding, FixedFinding } from "../../format/finding.ts";
import { formatCount } from "../../report/numbers.ts";
import type { MistakeId } from "./mistake_words.ts";

/** What programs with a finding do, as several programs do it; a number stands before. */
const CLASSES: Readonly<Record<FixedFinding["id"] | MistakeId, string>> = {
  "rows-mixed-up": "mix up the rows",
  "pixel-order": "take the pixels in another order",
  "stale-activations": "use activations of another example",
  "rows-interact": "mix the rows of a minibatch",
  "pixel-map": "map the pixels otherwise",
  "pixel-scale": "scale the pixels wrongly",
  "bias-ignored": "leave out a bias in the forward pass",
  "activation-skipped": "pass on z without its activation",
  "wrong-activation": "use another activation",
  "untransposed-backprop": "go back through weights that are not transposed",
  "activation-layer-shift": "multiply δ with activations of another layer",
  "target-coding": "have other targets",
  "missing-output-derivative": "omit the output's derivative",
  "softmax-diagonal": "use only the diagonal of softmax's derivative",
  "error-for-delta": "pass down the error in place of δ",
  "updated-weights": "go back through updated weights",
  "missing-hidden-derivative": "omit a hidden layer's derivative",
  "derivative-of-activation": "apply the derivative to a in place of z",
  "wrong-slope": "use a wrong slope",
  "wrong-backward-weights": "go back through the wrong weights",
  "other-loss": "have the gradient of another loss",
  "labels-shifted": "shift the labels",
  "bias-layer-shift": "take the bias gradient of another layer",
  "bias-reduction": "sum the bias gradient over the wrong axis",
  "shared-rows": "share one row of weights among all neurons",
  "last-example-only": "count one example of a minibatch only",
  "row-weights": "count the rows of a minibatch unequally",
  "updates-within-batch": "update within the minibatch",
  "gradient-layout": "return the gradient in another layout",
  "weight-decay": "add weight decay",
  "dropout": "leave dropout on",
  "added-number": "add one number to every element",
  "clipped": "clip the gradient, or divide it by its size",
  "rounding": "round numbers to fewer digits",
  "small-constant": "have a small constant in outputs or logarithms",
  "parameters-changed": "change the parameters while computing the gradient",
  "non-deterministic": "answer differently each time",
  "momentum-inside": "return momentum for the gradient",
  "accumulated": "add to earlier gradients",
  "batch-changed": "change the row numbers",
  "sign-reversed": "have the wrong sign",
  "bias-missing": "lack a bias gradient",
  "examples-skipped": "skip examples",
  "scale": "are off by a constant",
  "loss-mismatch": "return another loss than the gradient's",
  "overflow": "overflow with large weights",
  "fails-when-large": "fail with large weights",
  "fails-at-lengths": "fail at some minibatch lengths",
  "silent-neurons": "have neurons that never answer",
  "never-finite": "return no finite numbers",
  "wrong-update": "update wrongly",
  "unexplained": "depart in a way that no formula explains",
  "works-only-here": "work only at the network of the plan",
  "labels-shuffled": "have shuffled labels",
  "test-labels-shuffled": "have shuffled labels in the test set",
  "constant-inputs": "have inputs that never vary",
  "equal-units": "have neurons that stay equal",
  "loss-exploding": "make the loss climb",
  "rate-for-other-pixels": "have a rate that is made for other pixels",
  "rate-too-large": "train at too large a rate",
  "rate-too-small": "train at too small a rate",
  "too-few-updates": "make too few updates",
  "saturated-units": "start with saturated neurons",
  "dead-units": "have dead neurons",
  "loss-flat": "leave the loss where it was",
  "accuracy-at-chance": "stay at chance",
  "data-sorted": "have sorted data",
  "superlinear": "take time that grows faster than m",
  "phase-superlinear": "have a phase that grows faster than m",
  "garbage-collection": "spend time on garbage collection",
  "allocation": "allocate much memory",
  "cache-cliff": "outgrow a cache",
  "faster-formulation": "could be faster",
};

/** "9 omit the output's derivative", "1 omits the output's derivative" */
export const classText = (id: Finding["id"], programs: number): string =>
  `${formatCount(programs)} ${className(id, programs)}`;

export function className(id: Finding["id"], programs: number): string {
  const text = (CLASSES as Readonly<Record<string, string>>)[id];
  return programs === 1 ? singular(text) : text;
}

/** The verb in front, as one program does it. */
function singular(text: string): string {
  const [verb, ...rest] = text.split(" ");
  return [conjugated(verb), ...rest].join(" ");
}

const IRREGULAR: Readonly<Record<string, string>> = { are: "is", have: "has", could: "could" };

const conjugated = (verb: string): string =>
  IRREGULAR[verb] ??
    (/[^aeiou]y$/.test(verb)
      ? verb.replace(/y$/, "ies")
      : verb + (/(s|sh|ch|x|o)$/.test(verb) ? "es" : "s"));
