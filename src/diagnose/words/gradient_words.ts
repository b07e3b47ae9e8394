import type { Agreement } from "../../format/finding.ts";
import {
  counted,
  formatCount,
  formatError,
  formatExact,
  formatNumber,
  formatPercent,
} from "../../report/numbers.ts";

import { ifMeant } from "./convention_words.ts";
import { CHANGES, GRADIENT_FIXES } from "./gradient_fixes.ts";
import { formInWords } from "./form_words.ts";
import { capital, layersInWords, listInWords, onlyKind, partsInWords } from "./plain_words.ts";
import { momentumWords } from "./momentum_words.ts";
import { stageInWords, stageOf } from "./stage_words.ts";
import type { WordsTable } from "./words.ts";

type Parts = Parameters<typeof partsInWords>[0];

const where = (parts: Parts | undefined): string =>
  parts === undefined ? "the whole gradient" : `the gradient of the ${partsInWords(parts)}`;

/** Where weights or biases alone are concerned, which. */
const ofAlone = (parts: Parts | undefined): string => {
  const kind = onlyKind(parts);
  return kind === undefined ? "" : `of the ${kind}, and of them alone, `;
};

const inAlone = (parts: Parts | undefined): string => {
  const kind = onlyKind(parts);
  return kind === undefined ? "A" : `The ${kind} alone have a`;
};

export const agreementInWords = (
  { minibatches, fewestExamples, mostExamples, error }: Agreement,
): string =>
  `gives the same numbers in ${
    mostExamples === 1
      ? counted(minibatches, "single example", "single examples")
      : `${
        counted(minibatches, "minibatch", "minibatches")
      } of ${fewestExamples} to ${mostExamples} examples`
  } (relative error at most ${formatError(error)}).`;

const notFinite = (parts: Parts, loss: string | undefined): string =>
  [
    ...(loss === undefined ? [] : [`the loss is ${loss}`]),
    ...(parts.length === 0 ? [] : [`the gradient of the ${partsInWords(parts)} is not finite`]),
  ].join(" and ");

export const GRADIENT_WORDS = {
  "parameters-changed": ({ layers, rate }) => ({
    evidence: `One call changes the parameters of ${layersInWords(layers)}` +
      (rate === undefined ? "." : `, by −${formatNumber(rate)} · gradient.`),
    meaning: rate === undefined
      ? "The call for a gradient must only read the parameters."
      : "The gradient function also updates the parameters; the trainer then updates them again.",
    fix: "Leave `parameters` unchanged, and update them in `descend` or leave it to the trainer.",
  }),
  "non-deterministic": ({ spread, dropped, later, changes }) =>
    later !== undefined
      ? {
        evidence: `The gradient is right at first, and wrong after ${
          counted(later.calls, "update", "updates")
        } in one process.`,
        meaning: "The program behaves differently in a long training run than in a short check.",
        fix: "Compute everything from the arguments of each call, and keep no count of calls.",
      }
      : changes !== undefined
      ? CHANGES[changes]
      : dropped !== undefined
      ? {
        evidence: `In two calls with the same parameters and rows, other activations are 0: ${
          formatPercent(dropped)
        } of them in each.`,
        meaning: "Dropout is on while the gradient is computed.",
        fix: "Switch dropout off here; it belongs to training only.",
      }
      : spread === undefined
      ? {
        evidence: "The first call with new parameters or rows gives another answer than the next.",
        meaning: "The answer depends on the call before: the program reuses something from it.",
        fix: "Compute everything from the arguments of each call.",
      }
      : {
        evidence: `Two calls with the same parameters and rows differ by a relative ${
          formatError(spread)
        }.`,
        ...CHANGES["from-call-to-call"],
      },
  "momentum-inside": momentumWords,
  "accumulated": ({ into }, language) => ({
    evidence: into === "gradient-array"
      ? "After the call, `gradient` still holds its earlier content, with the new gradient added."
      : "Each further call with the same parameters and rows adds the same gradient once more.",
    meaning: "Gradients of earlier calls stay in the sum, so each step repeats all steps before.",
    fix: into === "gradient-array"
      ? "Start with `gradient.fill(0)`, or assign instead of adding."
      : GRADIENT_FIXES.sums[language],
  }),
  "batch-changed": () => ({
    evidence: "One call changes the row numbers in `batch`.",
    meaning: "The trainer goes on with the changed minibatch.",
    fix: "Copy `batch` before you sort or change it.",
  }),
  "sign-reversed": ({ parts }, language) => ({
    evidence: `In every minibatch ${where(parts)} has the opposite sign of the oracle's.`,
    meaning: `Each step ${ofAlone(parts)}climbs the loss instead of descending it.`,
    fix: onlyKind(parts) === undefined ? GRADIENT_FIXES.sign[language] : GRADIENT_FIXES.oneSign,
  }),
  "bias-missing": ({ layers, neverWritten }, language) => ({
    evidence: neverWritten.length > 0
      ? `The bias gradients of ${layersInWords(neverWritten)} are never written.`
      : `The bias gradients of ${layersInWords(layers)} are always 0.`,
    meaning: "These biases never learn.",
    fix: GRADIENT_FIXES.bias[language],
  }),
  "examples-skipped": ({ skipped, blockSize = 0, agreement }) => {
    const rows = {
      "first": "the first example",
      "last": "the last example",
      "shorter-minibatches": "every minibatch that is shorter than the others",
      "incomplete-blocks": `the examples after the last whole block of ${blockSize}`,
      "first-half": "the first half of the examples",
      "second-half": "the second half of the examples",
      "every-second": "every second example",
    }[skipped];
    return {
      evidence: `The oracle without ${rows} ${agreementInWords(agreement)}`,
      meaning: `The gradient leaves out ${rows}.`,
      fix: "Run the loop over all rows of the minibatch, from the first to the last.",
    };
  },
  "scale": ({ parts, factor, times, divisor, longestMinibatch }, language) => {
    const part = capital(where(parts));
    const multiple = times === 1 ? "" : `${formatExact(times)} × `;
    if (divisor === "nothing") {
      return {
        evidence: `${part} is ${multiple}the sum over the minibatch: ${
          formatExact(factor)
        } × too large for ${longestMinibatch} examples, less for fewer.`,
        meaning: `${inAlone(parts)} sum in place of the mean: the right rate then depends on the ` +
          "minibatch size.",
        fix: onlyKind(parts) === "biases"
          ? GRADIENT_FIXES.meanOfBiases[language]
          : GRADIENT_FIXES.mean[language],
      };
    }
    if (divisor === "examples-squared") {
      return {
        evidence: `${part} is ${multiple}the mean, divided by the number of examples again.`,
        meaning: "The mean is taken twice, so every step is too small.",
        fix: "Divide by the number of examples once.",
      };
    }
    if (divisor === "longest-minibatch") {
      return {
        evidence: `${part} is ${multiple}the sum divided by ${longestMinibatch}, even where the ` +
          "minibatch is shorter.",
        meaning: "The last minibatch of an epoch may be shorter; its gradient is then too small.",
        fix: "Divide by the number of examples that this minibatch has, not by the usual one.",
      };
    }
    if (divisor === "data-set") {
      return {
        evidence: `${part} is ${multiple}the sum divided by the number of all training examples.`,
        meaning: "Every step is too small by the share of a minibatch in the data.",
        fix: GRADIENT_FIXES.mean[language],
      };
    }
    if (times === 0) {
      return {
        evidence: `${part} is always 0.`,
        meaning: "These parameters never learn.",
        fix: "Write every element of the gradient.",
      };
    }
    return {
      evidence: `${part} is ${formatExact(times)} × the oracle's in every minibatch.`,
      meaning: "A constant factor acts like another learning rate." +
        (times === 2 ? " 2 is the derivative of ‖a − y‖² without the factor ½." : ""),
      fix: "Remove the factor.",
    };
  },
  "wrong-update": ({ layers, form, kind, value = NaN, convention }) => {
    const whose = `${kind === undefined ? "the parameters" : `the ${kind}`}${
      layers.length === 0 ? "" : ` of ${layersInWords(layers)}`
    }`;
    const seen = {
      "none": `An update leaves ${whose} as they are.`,
      "into-gradient": `An update of ${whose} is written into the gradient array.`,
      "changes-gradient": "An update changes the gradient array.",
      "ascends": `An update adds rate · gradient to ${whose}.`,
      "ignores-rate": `The step of ${whose} is ${
        Number.isNaN(value) ? "" : `${formatExact(value)} · `
      }−gradient at every rate.`,
      "rate-squared": `The step of ${whose} is −rate² · gradient.`,
      "divided-by-batch": `The step of ${whose} is divided by the minibatch size again.`,
      "times": `The step of ${whose} is −${formatExact(value)} · rate · gradient.`,
      "momentum": `A second update with the same gradient moves ${whose} ${
        formatExact(1 + value)
      } times as far: momentum of ${formatExact(value)}.`,
      "nesterov": `Updates of ${whose} are those of Nesterov's momentum of ${formatExact(value)}.`,
      "decay": `An update also subtracts rate · ${formatExact(value)} · w from ${whose}.`,
      "not-finite": "After an update the parameters are not finite.",
      "unexplained": `The step of ${whose} is not −rate · gradient, and no usual mistake.`,
    }[form];
    return {
      evidence: `The gradient may be right. ${seen}`,
      meaning: form === "momentum" && value < 0
        ? "Momentum has the wrong sign: each step undoes a part of those before it."
        : "The plug-in's own update is not w ← w − rate · gradient.",
      fix: convention
        ? "Update by w −= rate · g." + ifMeant(convention)
        : form === "decay"
        ? "Update by w −= rate · g. If you mean it, add λ w to the gradient, and declare it with --weight-decay."
        : "Update every weight and bias once by w −= rate · g, or leave `descend` out.",
    };
  },
  "loss-mismatch": ({ returned, firstValue }) => ({
    evidence: "The gradient is right for one loss, but the returned value is " +
      (returned === undefined
        ? `no known loss${
          firstValue === undefined ? "" : ` (${formatNumber(firstValue)} for the first minibatch)`
        }.`
        : `${
          Math.abs(returned.factor - 1) < 1e-3 ? "" : `${formatExact(returned.factor)} × `
        }the ${returned.over} of ${formInWords(returned.loss)}${
          returned.epsilon === undefined
            ? ""
            : `, whose logarithm ε = ${formatExact(returned.epsilon)} keeps from −∞`
        }.`),
    meaning: "The loss that you see is not the loss that training descends.",
    fix: "Return the mean over the minibatch of the loss whose gradient you compute.",
  }),
  "overflow": ({ parts, loss, minibatches, broken, enlarged, exception }, language) => ({
    evidence: exception !== undefined
      ? `With parameters ${formatCount(enlarged)} times as large it fails: ${exception}.`
      : broken > 0
      ? `In ${broken} of ${minibatches} ordinary minibatches ${notFinite(parts, loss)}.`
      : `With parameters ${formatCount(enlarged)} times as large ${
        notFinite(parts, loss)
      }; the oracle's values are finite.`,
    meaning:
      `${
        broken > 0 ? "The" : `With parameters ${formatCount(enlarged)} times as large, the`
      } power e^z overflows` +
      (exception !== undefined
        ? "."
        : ", or a quotient 1 / a. Infinity / Infinity and 0 · Infinity are NaN."),
    fix: GRADIENT_FIXES.overflow[language],
  }),
  "fails-at-lengths": ({ works, fails, message, isRight }, language) => ({
    evidence: `Minibatches of ${listInWords(fails)} fail: ${message}. Those of ${
      listInWords(works)
    } do not, and their gradient is ${isRight ? "right" : "wrong"}.`,
    meaning:
      "Shapes fit only where the number of examples is that of something else, such as the " +
      "classes; NumPy then broadcasts along the wrong axis.",
    fix: GRADIENT_FIXES.lengths[language],
  }),
  "fails-when-large": ({ enlarged, exception }) => ({
    evidence: `With parameters ${formatCount(enlarged)} times as large it fails: ${exception}.`,
    meaning: `It fails at ${formatCount(enlarged)} × the parameters; at ordinary ones it does not.`,
    fix:
      "Look for what large or infinite numbers cannot pass: an index, an assertion, a logarithm.",
  }),
  "silent-neurons": ({ layers, raised, offset }) => {
    const by = `biases ${raised > 0 ? "raised" : "lowered"} by ${formatExact(Math.abs(raised))}`;
    return {
      evidence:
        `At ordinary parameters nothing enters or leaves ${
          layersInWords(layers)
        }: gradients are 0, ` +
        `and nothing can be read. With ${by} they are not` +
        (offset === undefined
          ? ", but activations are not those of W x + b."
          : `: there z = W x + b ${offset < 0 ? "−" : "+"} ${formatExact(Math.abs(offset))}.` +
            " The rest was read with that taken away."),
      meaning: "These neurons are dead or saturated for every example, so they never learn.",
      fix: offset === undefined
        ? "Print z of one example, and compare it with W x + b."
        : "Remove the constant from the weighted sum: z is W x + b.",
    };
  },
  "never-finite": ({ parts, loss }) => ({
    evidence: `In every minibatch ${notFinite(parts, loss)}.`,
    meaning: "An index runs past the end of an array, something is divided by 0, or e^z overflows.",
    fix: "Follow the forward pass from the pixels upwards to the first value that is not finite.",
  }),
  "unexplained": ({ wrong, right, stages }) => ({
    evidence: stages.length > 0
      ? stages.map(stageInWords).join(" ")
      : `Relative errors: ${
        wrong.map(({ part, error }) => `${partsInWords([part])} ${formatNumber(error)}`).join(", ")
      }` + (right.length > 0 ? `; right: ${partsInWords(right)}.` : "."),
    meaning: stages.length > 0
      ? "The stages before the first one named here are right or explained; no formula gives this one."
      : "Single rows are right or explained, but whole minibatches are not.",
    fix: stages.length > 0
      ? `Look at ${stageOf(stages[0].stage, stages[0].layer)} first.`
      : "Look at how the rows of a minibatch are added up.",
  }),
} satisfies WordsTable;
