import { scaled } from "./linear.ts";
import { type ForwardChoice, weightedSum } from "./program.ts";
import { ROUNDINGS } from "./roundings.ts";

/** How z comes from what enters a layer, the right way first. */
export type Sum = Pick<ForwardChoice, "departure" | "sumFormula" | "sum">;

export const RIGHT_SUM: Sum = {
  sumFormula: "W x + b",
  sum: (layer, parameters, x) => weightedSum(layer, parameters, x),
};

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
    departure: { id: "wrong-activation", form: "mean-of-inputs" },
    sumFormula: "W x / n + b",
    sum: (layer, parameters, x) => weightedSum(layer, parameters, scaled(x, 1 / x.length)),
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
