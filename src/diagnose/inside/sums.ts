import { scaled, type Vector } from "./linear.ts";
import { type ForwardChoice, weightedSum } from "./program.ts";
import { ROUNDINGS } from "./roundings.ts";

/** How z comes from what enters a layer, the right way first. */
export type Sum = Pick<ForwardChoice, "departure" | "sumFormula" | "sum">;

export const RIGHT_SUM: Sum = {
  sumFormula: "W x + b",
  sum: (layer, parameters, x) => weightedSum(layer, parameters, x),
};

/** Each element and all before it: a sum that is not set to 0 again for the next neuron. */
export function runningSum(values: Vector): Vector {
  let sum = 0;
  return values.map((value) => sum += value);
}

const isLast = (i: number, n: number) => i === n - 1;

export const SUMS: readonly Sum[] = [
  RIGHT_SUM,
  {
    departure: { id: "bias-ignored" },
    sumFormula: "W x",
    sum: (layer, parameters, x) => weightedSum(layer, parameters, x, 0),
  },
  {
    departure: { id: "bias-ignored", form: "subtracted" },
    sumFormula: "W x − b",
    sum: (layer, parameters, x) => weightedSum(layer, parameters, x, -1),
  },
  {
    departure: { id: "bias-ignored", form: "doubled" },
    sumFormula: "W x + 2b",
    sum: (layer, parameters, x) => weightedSum(layer, parameters, x, 2),
  },
  {
    departure: { id: "bias-ignored", form: "for-each-input" },
    sumFormula: "W x + n b",
    sum: (layer, parameters, x) => weightedSum(layer, parameters, x, x.length),
  },
  ...[
    { form: "last-input-alone", text: "the last term of W x, + b", bias: 1, keeps: isLast },
    { form: "last-input-alone-without-bias", text: "the last term of W x", bias: 0, keeps: isLast },
    {
      form: "without-last-input",
      text: "W x without its last term, + b",
      bias: 1,
      keeps: (i: number, n: number) => i < n - 1,
    },
    {
      form: "without-first-input",
      text: "W x without its first term, + b",
      bias: 1,
      keeps: (i: number) => i > 0,
    },
  ].map(({ form, text, bias, keeps }): Sum => ({
    departure: { id: "wrong-activation", form },
    sumFormula: text,
    sum: (layer, parameters, x) =>
      weightedSum(layer, parameters, x.map((v, i) => keeps(i, x.length) ? v : 0), bias),
  })),
  {
    departure: { id: "wrong-activation", form: "mean-of-inputs" },
    sumFormula: "W x / n + b",
    sum: (layer, parameters, x) => weightedSum(layer, parameters, scaled(x, 1 / x.length)),
  },
  {
    departure: { id: "wrong-activation", form: "sum-over-root" },
    sumFormula: "W x / √n + b",
    sum: (layer, parameters, x) =>
      weightedSum(layer, parameters, scaled(x, 1 / Math.sqrt(x.length))),
  },
  {
    departure: { id: "wrong-activation", form: "sum-kept" },
    sumFormula: "running sum of W x + b",
    sum: (layer, parameters, x) => runningSum(weightedSum(layer, parameters, x)),
  },
  {
    departure: { id: "wrong-activation", form: "symmetrised-weights" },
    sumFormula: "½(W + Wᵀ) x + b",
    sum: (layer, parameters, x) => {
      const { inputs, outputs, weightOffset } = layer;
      const z = weightedSum(layer, parameters, x);
      if (inputs !== outputs) return z;
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          const [own, other] = [o * inputs + i, i * inputs + o].map((p) =>
            parameters[weightOffset + p]
          );
          z[o] += (other - own) / 2 * x[i];
        }
      }
      return z;
    },
  },
  {
    departure: { id: "gradient-layout", form: "weights-read-transposed" },
    sumFormula: "W x + b, with W read as (inputs, outputs)",
    sum: ({ inputs, outputs, weightOffset, biasOffset }, parameters, x) => {
      const z = parameters.slice(biasOffset, biasOffset + outputs);
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) z[o] += parameters[weightOffset + i * outputs + o] * x[i];
      }
      return z;
    },
  },
  ...ROUNDINGS.flatMap(({ form, name, of }): Sum[] => [
    {
      departure: { id: "rounding", form },
      sumFormula: `${name}(W) x + ${name}(b)`,
      sum: (layer, parameters, x) => {
        const { weightOffset, biasOffset, outputs } = layer;
        const rounded = parameters.subarray(weightOffset, biasOffset + outputs).map(of);
        return weightedSum(
          { ...layer, weightOffset: 0, biasOffset: biasOffset - weightOffset },
          rounded,
          x,
        );
      },
    },
    {
      departure: { id: "rounding", form },
      sumFormula: `${name}(W x + b)`,
      sum: (layer, parameters, x) => weightedSum(layer, parameters, x).map(of),
    },
  ]),
];
