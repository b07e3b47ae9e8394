import { formatError, formatExact } from "../../report/numbers.ts";
import type { SimulatedMistake } from "../../format/finding.ts";
import {
  activationFix,
  BIAS_FIX,
  decayFix,
  DELTA_FIX,
  ERROR_FIX,
  layoutFix,
  MISSING_OUTPUT_FIX,
  NUMBER_FIX,
  ONE_HOT_FIX,
  pixelFix,
  rowsFix,
  SHARED_FIX,
  SLOPE_FIX,
  slopeFix,
  SUM_FIX,
} from "./fix_lines.ts";
import { formInWords } from "./form_words.ts";
import { clippedWords } from "./clipped_words.ts";
import { ifMeant } from "./convention_words.ts";
import { capital, layersInWords } from "./plain_words.ts";
import { otherLossWords } from "./other_loss_words.ts";
import { fewDigitsFrom, smallConstantWords } from "./small_constant_words.ts";
import { stageOf } from "./stage_words.ts";
import type { Explanation, Fix, Language, Told } from "./told.ts";
import type { Words } from "./words.ts";

/** A constant that was found, without the zeros of a measured one. */
const digits = (value: number): string => formatExact(Number(value.toPrecision(4)));

/**
 * One entry for each way in which a stage can depart, the most important first: the forward pass before the backward
 * pass before what follows. The formulas are found in ../inside/.
 */
const MISTAKES = {
  "rows-mixed-up": ({ form }) => ({
    meaning: `The ${form || "pixels"} of a row belong to another row, so there is little to learn.`,
    fix: {
      python: "Index both with the same rows: images[rows] and labels[rows].",
      typescript: "Index both with the same row: pixels[row * features + i] and labels[row].",
    },
  }),
  "pixel-order": ({ form, name }) => ({
    meaning: `The pixels of an image enter ${
      name === "transposed" ? "column by column: rows and columns are exchanged" : form
    }.`,
    fix: "Give pixel i of the row to input i.",
  }),
  "stale-activations": ({ form, layers }) => ({
    meaning: `In ${layers}, the δ of each example is multiplied by the activations ${form} ` +
      "instead of its own. The weights then learn almost nothing.",
    fix: "Keep each example's activations until its δ is known, or run backward through one " +
      "example before the next goes forward.",
  }),
  "rows-interact": ({ form, name }) => ({
    meaning: form === ""
      ? "The gradient of a minibatch is no combination of the gradients of its rows: rows are mixed."
      : `The rows of a minibatch are mixed: it computes ${form}.`,
    fix: rowsFix(name),
  }),
  "pixel-map": ({ form, name }) => ({
    meaning: `Pixels are not those of the plan: they are ${form}. Such a program may train well.`,
    fix: pixelFix(name),
  }),
  "pixel-scale": ({ form, name }) => ({
    meaning: `Pixels are not those of the plan: they are ${form}.`,
    fix: pixelFix(name),
  }),
  "bias-ignored": ({ form, layers }) => ({
    meaning: `In ${layers}, the bias is ${form || "not added to z"}.`,
    fix: SUM_FIX,
  }),
  "dropout": ({ layers, value }) => ({
    meaning: `Dropout is on in ${layers} while the gradient is computed: ${
      digits(100 * value)
    } % of the activations are 0, the same ones in every call, because the seed is set in each.`,
    fix: "Switch dropout off here; it belongs to training only. There, set the seed once, before " +
      "the first call.",
  }),
  "activation-skipped": ({ layers }) => ({
    meaning: `${
      capital(layers)
    }: z is passed on without an activation, so the layers merge into one.`,
    fix: {
      python: "Pass on a = sigmoid(z), not z.",
      typescript: "Push σ(z) to the activations, not z.",
    },
  }),
  "wrong-activation": ({ form, layers, value, name }) => ({
    meaning: `In ${layers}, the activation is ${form}, not that of the problem.`,
    fix: activationFix(name, value),
  }),
  "untransposed-backprop": ({ layers }) => ({
    meaning: `In the backward pass, δ is multiplied by W of ${layers} instead of its transpose Wᵀ.`,
    fix: DELTA_FIX,
  }),
  "activation-layer-shift": ({ form, layers }) => ({
    meaning: `The weight gradient of ${layers} is δ times the activations ${form}.`,
    fix: "Multiply δ[o] of a layer by the activation a[i] that enters the same layer.",
  }),
  "target-coding": ({ form }) => ({
    meaning: `Outputs are compared with targets that are ${form}.`,
    fix: ONE_HOT_FIX,
  }),
  "missing-output-derivative": () => ({
    meaning:
      "δ of the output layer is a − y. That is right for the cross-entropy of sigmoids, which is no loss of " +
      "Slope; for the quadratic loss the factor σ′(z) is missing.",
    fix: also(
      MISSING_OUTPUT_FIX,
      " If you mean a cross-entropy, return its value, or take a softmax and " +
        "--loss softmax-cross-entropy, whose δ is a − y.",
    ),
  }),
  "softmax-diagonal": ({ form }) => ({
    meaning: form === ""
      ? "The factor a(1 − a) is only the diagonal of a softmax's derivative; δ of its cross-entropy is a − y."
      : "Here δ is −y(1 − a): the softmax's derivative without its terms beside the diagonal.",
    fix: { python: "delta = a - y", typescript: "delta[k] = a[k] - y[k]" },
  }),
  "error-for-delta": ({ form, layers }) => ({
    meaning: `δ of ${layers} comes from ${
      form || "the error above, before its slope"
    }, not from δ.`,
    fix: ERROR_FIX,
  }),
  "updated-weights": ({ layers, value }) => ({
    meaning: `δ of ${layers} comes from weights that were already updated (rate ${
      digits(value)
    }). The error grows with the rate.`,
    fix: "Compute every δ first, then update all layers.",
  }),
  "missing-hidden-derivative": ({ form, layers }) => ({
    meaning: form === ""
      ? `δ of ${layers} is Wᵀδ alone; the factor f′(z) is missing.`
      : `δ of ${layers} lacks the factor f′(z) ${form}.`,
    fix: DELTA_FIX,
  }),
  "derivative-of-activation": ({ form, layers }) => ({
    meaning: `The derivative in ${layers} is taken at the wrong point: ${form}.`,
    fix: SLOPE_FIX,
  }),
  "wrong-slope": ({ form, layers, name }) => ({
    meaning: `The slope in ${layers} is ${form}, not the derivative of the activation.`,
    fix: slopeFix(name),
  }),
  "wrong-backward-weights": ({ form, layers }) => ({
    meaning: `δ of ${layers} is computed with ${form}.`,
    fix: DELTA_FIX,
  }),
  "other-loss": otherLossWords,
  "labels-shifted": ({ form }) => ({
    meaning: `The 1 of the one-hot vector is ${form}. Labels count from 0.`,
    fix: ONE_HOT_FIX,
  }),
  "bias-layer-shift": ({ form, layers }) => ({
    meaning: `The bias gradient of ${layers} is the δ ${form}.`,
    fix: "Use the layer's own δ.",
  }),
  "bias-reduction": ({ form, layers }) => ({
    meaning: `The bias gradient of ${layers} is ${form}, not δ of each neuron.`,
    fix: BIAS_FIX,
  }),
  "shared-rows": ({ form, layers }) => ({
    meaning: `In the weight gradient of ${layers}, every neuron has the same row, with ${form}.`,
    fix: SHARED_FIX,
  }),
  "last-example-only": ({ form, layers }) => ({
    meaning: `Only the ${form || "last"} example of a minibatch counts${
      layers === "" ? "" : ` in a part of the gradient of ${layers}`
    }: its gradient replaces the others.`,
    fix: {
      python: "dW += …, not dW = …, in the loop over examples.",
      typescript: "Use += in the loop.",
    },
  }),
  "row-weights": ({ form }) => ({
    meaning: form === ""
      ? "The rows of a minibatch count unequally."
      : `The ${form} of a minibatch counts twice.`,
    fix: "Add the gradient of each row once, and divide the sum by the number of rows.",
  }),
  "updates-within-batch": ({ value }) => ({
    meaning: `Parameters change after each example (rate ${
      digits(value)
    }), so later examples of a minibatch see other weights.`,
    fix: "Sum the gradients of the whole minibatch, then update once.",
  }),
  "gradient-layout": ({ form, layers, name }) => ({
    meaning: name === "weights-read-transposed"
      ? `In the weighted sum of ${layers}, ${form}.`
      : `The gradient of ${layers} is right but stored in another order: ${form}.`,
    fix: name === "weights-read-transposed" ? SUM_FIX : layoutFix(name),
  }),
  "weight-decay": ({ form, value, layers, name }) => ({
    meaning: form !== ""
      ? `${digits(value)} × ${form} is added to the gradient of ${layers}.`
      : value === 0
      ? `The weight decay that the plan declares is missing in the gradient of ${layers}.`
      : value < 0
      ? `${digits(-value)} · W is subtracted from the gradient of ${layers}: weights then grow.`
      : `Weight decay of ${digits(value)} is part of the gradient of ${layers}. It trains.`,
    fix: decayFix(name, value),
  }),
  "added-number": ({ form, layers, value, name }) => ({
    meaning: name === "fixed-numbers"
      ? `The same numbers are added to the gradient of ${layers} in every call: random ones with a fixed seed, for example.`
      : `One number${
        name === "one-number" ? `, ${digits(value)},` : `, ${digits(value)} · ${form},`
      } is added to every element of the gradient of ${layers}.`,
    fix: name === "fixed-numbers" ? "Add nothing to the gradient of the loss." : NUMBER_FIX,
  }),
  "rounding": ({ form, layers, value, stage }) => ({
    meaning: form === "somewhere"
      ? "Formulas are right to three digits, and not to more: numbers are rounded on the way, or a " +
        `small constant is added.${fewDigitsFrom(stage, value)}`
      : form === "single"
      ? "Every formula is right, in single precision: it declares float64 and computes in float32."
      : form === "little"
      ? `The gradient is off by a relative ${formatError(value)}: rounding, or a small constant ` +
        `such as an ε.${fewDigitsFrom(stage, value)}`
      : `Numbers${
        layers === "" ? "" : ` in ${layers}`
      } are rounded to ${form}: small steps get lost.`,
    fix: form === "single"
      ? {
        python: 'Compute with float64 arrays, or declare precision = "float32".',
        typescript: "Keep numbers in a Float64Array, or declare float32.",
      }
      : form === "little" || form === "somewhere"
      ? "Leave out constants such as an ε and limits such as a clip, or make them smaller, and " +
        "round nothing on the way."
      : {
        python: "Compute with float64 or float32 arrays, without astype(np.float16) and np.round.",
        typescript: "Keep numbers in a Float64Array or Float32Array, without rounding them.",
      },
  }),
  "small-constant": smallConstantWords,
  "clipped": clippedWords,
} satisfies Record<string, (told: Told) => Explanation>;

export type MistakeId = keyof typeof MISTAKES;

/** In the order of importance. */
export const MISTAKE_IDS = Object.keys(MISTAKES) as MistakeId[];

/** What these say of a minibatch, single rows cannot confirm. */
export const ROW_FINDINGS: ReadonlySet<string> = new Set<MistakeId>([
  "rows-interact",
  "row-weights",
  "updates-within-batch",
]);

export const isMistake = (id: string): id is MistakeId => Object.hasOwn(MISTAKES, id);

export function explainMistake(
  { form, layers, value = NaN, stage, convention }: SimulatedMistake,
  id: MistakeId,
  language: Language,
): Omit<Words, "evidence"> {
  const told = {
    form: form === undefined ? "" : formInWords(form),
    layers: layers.length > 0 ? layersInWords(layers) : "",
    value,
    stage: stage === undefined ? "" : stageOf(stage, layers[0]),
    name: form ?? "",
  };
  const { meaning, fix }: Explanation = MISTAKES[id](told);
  const mend = typeof fix === "string" ? fix : sentence(fix[language]);
  return { meaning, fix: mend + ifMeant(convention, language) };
}

/** Code stands in quotation marks, so that every fix is a sentence. */
const sentence = (text: string): string => /[.…]$/.test(text) ? text : `Write \`${text}\`.`;

/** A fix, and what else can be done. */
const also = (fix: Fix, more: string): Fix =>
  typeof fix === "string"
    ? fix + more
    : { python: sentence(fix.python) + more, typescript: sentence(fix.typescript) + more };
