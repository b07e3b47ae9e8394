import {
  counted,
  formatCount,
  formatExact,
  formatInterval,
  formatNumber,
  formatPercent,
} from "../../report/numbers.ts";

import type { FindingOf } from "../../format/finding.ts";
import { areBornDead } from "../training/training_findings.ts";
import { gainText } from "./reached_words.ts";
import { layersInWords } from "./plain_words.ts";
import type { WordsTable } from "./words.ts";

const lossInWords = (loss: number | undefined): string =>
  loss === undefined ? "no number" : formatNumber(loss);

const updatesInWords = (updates: number, plannedUpdates = updates): string =>
  counted(updates, "update") +
  (updates < plannedUpdates ? ` of ${formatCount(plannedUpdates)} planned` : "");

const rateEvidence = (
  { rate, bestRate, updates, startLoss, loss, bestLoss }: FindingOf<
    "rate-too-large" | "rate-too-small"
  >,
): string =>
  `In ${updatesInWords(updates)} with a correct gradient, the test loss goes from ` +
  `${formatNumber(startLoss)} to ${lossInWords(loss)} at rate ${formatExact(rate)}, and to ` +
  `${formatNumber(bestLoss)} at rate ${formatExact(bestRate)}.`;

/** Whether the best rate is worth a change. */
const helpsAtAnotherRate = (before: number, best: number): boolean => best - before >= 0.1;

const inLayers = (shares: readonly [layer: number, share: number][]): string =>
  shares.map(([layer, share]) => `${formatPercent(share)} of layer ${layer}`).join(", ");

const FIX_OTHERS_FIRST = "Fix the problems above first";

export const TRAINING_WORDS = {
  "labels-shuffled": ({ accuracy, examples, commonest }) => ({
    evidence: `The nearest class mean gets ${formatPercent(accuracy)} of ${
      formatCount(examples)
    } labels right; always guessing the commonest label gets ${formatPercent(commonest)}.`,
    meaning: "Images and labels do not belong together, so there is nothing to learn.",
    fix: "Read the labels in the order of the images, and shuffle both with one permutation.",
  }),
  "test-labels-shuffled": ({ accuracy, examples, commonest, trainAccuracy, gain }) => ({
    evidence: `The class means of the training set get ${
      formatPercent(trainAccuracy)
    } of its own labels right, but ${formatPercent(accuracy)} of ${
      formatCount(examples)
    } in the test set; always guessing the commonest label gets ${formatPercent(commonest)}.`,
    meaning: "The test labels are in another order than the test images: the loss falls, and the " +
      "accuracy stays at chance.",
    fix: "Read the test labels in the order of the test images." +
      (gain === undefined
        ? ""
        : ` Gain: ${
          gainText(gain)
        }, where training examples that were held back are the test set.`),
  }),
  "constant-inputs": ({ constant, inputs }) => ({
    evidence: `${formatCount(constant)} of ${
      formatCount(inputs)
    } inputs are the same in every example.`,
    meaning: constant === inputs
      ? "Nothing tells the examples apart."
      : "Training comes to NaN where the same rate does well with a right gradient: an input that " +
        "never varies has the deviation 0, and dividing by it gives NaN.",
    fix: constant === inputs
      ? "Check how the images are read."
      : "Leave such inputs as they are, or divide by σ + 1e-8.",
  }),
  "equal-units": ({ layers, zero, when }) => ({
    evidence: `${when === "start" ? "At the start" : "After training"}, all neurons of ${
      layersInWords(layers)
    } have the same weights${zero ? ", 0" : ""}.`,
    meaning:
      "Neurons with equal weights get equal gradients, so they stay equal: the layer counts " +
      "as one neuron.",
    fix: "Start from random weights: --initialisation scaled-normal.",
  }),
  "data-sorted": ({ batchSize, share }) => ({
    evidence: `${formatPercent(share)} of the minibatches of ${
      formatCount(batchSize)
    } neighbours in the file have a single class.`,
    meaning: "Slope shuffles the examples; a training loop that takes them in the file's order " +
      "learns one class after the other and forgets the one before.",
    fix: "Shuffle images and labels with one permutation before every epoch.",
  }),
  "loss-exploding": ({ startLoss, loss, updates }) => ({
    evidence: `The test loss is ${formatNumber(startLoss)} at the start and ${
      lossInWords(loss)
    } after ${updatesInWords(updates)}.`,
    meaning: "The steps go uphill, or they are so long that they overshoot.",
    fix: "Check the sign of the gradient first, then divide the rate by 10.",
  }),
  "rate-for-other-pixels": ({ pixels, least, most, rate, bestRate, bestAccuracy, gain }) => ({
    evidence: `With pixels from ${formatNumber(least)} to ${
      formatNumber(most)
    } (${pixels}), a correct gradient reaches ${formatPercent(gain.before)} in ${
      updatesInWords(gain.updates)
    } at rate ${formatExact(rate)}; with pixels from 0 to 1 it reaches ${
      formatPercent(gain.after)
    }. The best rate for these pixels (${formatExact(bestRate)}) reaches ${
      formatPercent(bestAccuracy)
    }.`,
    meaning: "The rate and the weights at the start belong to the scale of the pixels: all three " +
      "change together.",
    fix:
      (helpsAtAnotherRate(gain.before, bestAccuracy)
        ? `Leave pixels from 0 to 1, or choose the rate for these: --rate ${formatExact(bestRate)}.`
        : "Leave pixels from 0 to 1: no rate that was tried makes up for these.") +
      ` Gain: ${gainText(gain)}.`,
  }),
  "rate-too-large": (finding) => ({
    evidence: rateEvidence(finding),
    meaning: "The steps are so long that they jump over the minimum.",
    fix: `Lower the rate: --rate ${formatExact(finding.advisedRate)}. Gain: ${
      gainText(finding.gain)
    }.`,
  }),
  "rate-too-small": (finding) => ({
    evidence: `${rateEvidence(finding)} The given rate needs about ${
      updatesInWords(finding.neededUpdates)
    } for that, and the plan has ${formatCount(finding.plannedUpdates)}.`,
    meaning: "The network learns, but too slowly to show.",
    fix: `Raise the rate: --rate ${formatExact(finding.advisedRate)}. Gain: ${
      gainText(finding.gain)
    }.`,
  }),
  "too-few-updates": (
    { epochs, batchSize, updates, plannedUpdates, rate, accuracy, smaller },
  ) => ({
    evidence: `B = ${formatCount(batchSize)} makes ${updatesInWords(plannedUpdates)} in ${
      counted(epochs, "epoch")
    }. At the best rate (${formatExact(rate)}), ${
      updates < plannedUpdates ? `the first ${formatCount(updates)}` : "they"
    } reach ${formatPercent(accuracy)} accuracy. B = ${smaller.batchSize} at rate ${
      formatExact(smaller.rate)
    } reaches ${formatPercent(smaller.accuracy)} in ${updatesInWords(smaller.updates)}.`,
    meaning: "Learning depends on the number of updates, and large minibatches make few of them.",
    fix: `Use smaller minibatches: --batch ${smaller.batchSize} --rate ${
      formatExact(smaller.rate)
    }.`,
  }),
  "saturated-units": ({ units, gain }) => ({
    evidence: `At the start, ${
      inLayers(units.map(({ layer, saturated }) => [layer, saturated]))
    } have f′ < 0.01. With weights scaled by 1/√inputs it would be ${
      units.map(({ saturatedIfScaled }) => formatPercent(saturatedIfScaled)).join(", ")
    }.`,
    meaning: "A saturated neuron passes on almost no gradient, so the layers below hardly learn.",
    fix: "Scale the weights of each layer by 1/√inputs: --initialisation scaled-normal." +
      (gain === undefined ? "" : ` Gain: ${gainText(gain)}.`),
  }),
  "dead-units": ({ layers, units, updates, examples, gain }) => ({
    evidence: `After ${updatesInWords(updates)}, ${
      inLayers(units.map(({ layer, dead }) => [layer, dead]))
    } are 0 for each of ${formatCount(examples)} examples; at the start ${
      units.map(({ deadAtStart }) => formatPercent(deadAtStart)).join(", ")
    }.`,
    meaning: `A relu that is 0 for every example has no gradient, so these neurons of ${
      layersInWords(layers)
    } never recover.`,
    fix:
      (areBornDead({ units })
        ? "Start with smaller weights and with biases of at least 0: --initialisation scaled-normal."
        : gain?.rate === undefined
        ? "Lower the rate, or start with smaller weights and with biases of at least 0."
        : `Lower the rate: --rate ${formatExact(gain.rate)}.`) +
      (gain === undefined ? "" : ` Gain: ${gainText(gain)}.`),
  }),
  "loss-flat": ({ startLoss, loss, updates, plannedUpdates }) => ({
    evidence: `The test loss is ${formatNumber(startLoss, 4)} at the start and ${
      formatNumber(loss, 4)
    } after ${updatesInWords(updates, plannedUpdates)}.`,
    meaning: "Training changes almost nothing.",
    fix: `${FIX_OTHERS_FIRST}; a correct gradient moves the loss at once.`,
  }),
  "accuracy-at-chance": (
    { accuracy, examples, commonest, onlyRight, updates, plannedUpdates },
  ) => ({
    evidence:
      `After ${updatesInWords(updates, plannedUpdates)}, accuracy is ${
        formatInterval(accuracy, formatPercent)
      } on ${formatCount(examples)} test examples; always guessing the commonest label gets ${
        formatPercent(commonest)
      }.` +
      (onlyRight === undefined
        ? ""
        : ` It is right about every ${onlyRight} and about nothing else: it always answers ${onlyRight}.`),
    meaning: "The network is no better than guessing.",
    fix: `${FIX_OTHERS_FIRST}.`,
  }),
} satisfies WordsTable;
