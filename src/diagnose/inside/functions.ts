import { sigmoid } from "../../model/activation.ts";
import type { HiddenActivation } from "../../model/network.ts";

/** A function of one neuron's z, written as mathematics. */
export interface NeuronFunction {
  readonly name: string;
  /** With `z` where the argument stands. */
  readonly formula: string;
  readonly of: (z: number) => number;
}

/** Φ(z), the integral of a standard normal density up to z (G. Marsaglia, J. Stat. Softw. 11(4), 2004). */
function normal(z: number): number {
  if (Math.abs(z) > 8) return Number(z > 0);
  let [sum, before, term] = [z, 0, z];
  for (let i = 3; sum !== before; i += 2) {
    term *= z * z / i;
    [before, sum] = [sum, sum + term];
  }
  return 0.5 + sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
}

/** What a program may use in place of f. */
export const ACTIVATIONS: readonly NeuronFunction[] = [
  { name: "sigmoid", formula: "σ(z)", of: sigmoid },
  { name: "tanh", formula: "tanh(z)", of: Math.tanh },
  { name: "relu", formula: "max(0, z)", of: (z) => Math.max(0, z) },
  { name: "identity", formula: "z", of: (z) => z },
  ...[0.01, 0.1, 0.2, 0.3].map((slope): NeuronFunction => ({
    name: `leaky-${slope}`,
    formula: `max(${slope} z, z)`,
    of: (z) => z > 0 ? z : slope * z,
  })),
  { name: "softplus", formula: "ln(1 + e^z)", of: (z) => Math.log1p(Math.exp(z)) },
  { name: "elu", formula: "elu(z)", of: (z) => z > 0 ? z : Math.expm1(z) },
  { name: "minus-sigmoid", formula: "σ(−z)", of: (z) => sigmoid(-z) },
  { name: "half-tanh", formula: "tanh(z / 2)", of: (z) => Math.tanh(z / 2) },
  { name: "sigmoid-2z", formula: "σ(2z)", of: (z) => sigmoid(2 * z) },
  { name: "lecun-tanh", formula: "tanh(2z / 3)", of: (z) => Math.tanh(2 * z / 3) },
  { name: "softsign", formula: "z / (1 + |z|)", of: (z) => z / (1 + Math.abs(z)) },
  { name: "swish", formula: "z σ(z)", of: (z) => z * sigmoid(z) },
  { name: "step", formula: "[z > 0]", of: (z) => Number(z > 0) },
  { name: "twice-sigmoid", formula: "σ(σ(z))", of: (z) => sigmoid(sigmoid(z)) },
  { name: "twice-tanh", formula: "tanh(tanh(z))", of: (z) => Math.tanh(Math.tanh(z)) },
  {
    name: "sigmoid-slope",
    formula: "σ(z)(1 − σ(z))",
    of: (z) => sigmoid(z) * (1 - sigmoid(z)),
  },
  { name: "sine", formula: "sin(z)", of: Math.sin },
  { name: "exponential", formula: "e^z", of: Math.exp },
  { name: "absolute", formula: "|z|", of: Math.abs },
  { name: "square", formula: "z²", of: (z) => z * z },
  { name: "arctangent", formula: "arctan(z)", of: Math.atan },
  {
    name: "hard-sigmoid",
    formula: "min(1, max(0, 0.2z + 0.5))",
    of: (z) => Math.min(1, Math.max(0, 0.2 * z + 0.5)),
  },
  ...[0.05, 0.02, 0.001].map((slope): NeuronFunction => ({
    name: `leaky-${slope}`,
    formula: `max(${slope} z, z)`,
    of: (z) => z > 0 ? z : slope * z,
  })),
  // Parentheses or a minus are missing.
  { name: "one-plus-power", formula: "1 + e^−z", of: (z) => 1 + Math.exp(-z) },
  { name: "one-over-one-minus-power", formula: "1 / (1 − e^−z)", of: (z) => 1 / -Math.expm1(-z) },
  { name: "tanh-plus-1", formula: "2σ(2z)", of: (z) => 2 * sigmoid(2 * z) },
  { name: "gelu", formula: "gelu(z)", of: (z) => z * normal(z) },
  {
    name: "gelu-of-tanh",
    formula: "½z (1 + tanh(√(2/π)(z + 0.044715 z³)))",
    of: (z) => z / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  },
  {
    name: "selu",
    formula: "selu(z)",
    of: (z) => 1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * Math.expm1(z)),
  },
  { name: "relu6", formula: "min(6, max(0, z))", of: (z) => Math.min(6, Math.max(0, z)) },
  { name: "hard-tanh", formula: "max(−1, min(1, z))", of: (z) => Math.max(-1, Math.min(1, z)) },
];

/** What people take for a relu. */
const USUAL = /^(leaky-[\d.]+|softplus|elu|swish|gelu|gelu-of-tanh)$/;
/** A leaky relu with a slope of its own. */
const LEAKY = /^\(z where z > 0, else 0\.\d+ z\)$/;

/** Whether an activation, by the form of its finding, is one that people take on purpose, though it is none of Slope's. */
export const isUsualActivation = (form: string): boolean => USUAL.test(form) || LEAKY.test(form);

/** Where programs cut z off, lest e^z overflows. */
export const CUTS = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100];

/** z cut off beyond ± a limit, with `z` where the argument stands. */
export const cutAt = (limit: number) => ({
  formula: `max(−${limit}, min(${limit}, z))`,
  of: (z: number) => Math.max(-limit, Math.min(limit, z)),
});

export const activationNamed = (name: string): NeuronFunction =>
  ACTIVATIONS.find((one) => one.name === name)!;

/** A factor of δ from one neuron's z and a. */
export interface Slope {
  readonly formula: string;
  readonly of: (z: number, a: number) => number;
}

const atA = (z: number) => sigmoid(z) * (1 - sigmoid(z));
const tanhSlope = (z: number) => 1 - Math.tanh(z) ** 2;

export const SIGMOID_SLOPE: Slope = { formula: "a(1 − a)", of: (_, a) => a * (1 - a) };
export const NO_SLOPE: Slope = { formula: "1", of: () => 1 };

export const RIGHT_SLOPES: Readonly<Record<HiddenActivation, Slope>> = {
  sigmoid: SIGMOID_SLOPE,
  tanh: { formula: "1 − a²", of: (_, a) => 1 - a * a },
  relu: { formula: "[z > 0]", of: (z) => Number(z > 0) },
};

/** What a program may use in place of f′; the first that fits is taken. */
export const SLOPES: readonly Slope[] = [
  NO_SLOPE,
  SIGMOID_SLOPE,
  RIGHT_SLOPES.tanh,
  RIGHT_SLOPES.relu,
  { formula: "σ′(a)", of: (_, a) => atA(a) },
  { formula: "1 − tanh²(a)", of: (_, a) => tanhSlope(a) },
  { formula: "z(1 − z)", of: (z) => z * (1 - z) },
  { formula: "1 − z²", of: (z) => 1 - z * z },
  { formula: "a", of: (_, a) => a },
  { formula: "z", of: (z) => z },
  { formula: "σ(z)(1 − σ(z))", of: atA },
  { formula: "1 − tanh²(z)", of: tanhSlope },
  { formula: "σ(z)", of: (z) => sigmoid(z) },
  { formula: "1 − a", of: (_, a) => 1 - a },
  { formula: "1 + a", of: (_, a) => 1 + a },
  { formula: "a²", of: (_, a) => a * a },
  { formula: "1 + a²", of: (_, a) => 1 + a * a },
  { formula: "a²(1 − a)", of: (_, a) => a * a * (1 - a) },
  { formula: "a(1 − a)²", of: (_, a) => a * (1 - a) ** 2 },
  { formula: "(a(1 − a))²", of: (_, a) => (a * (1 - a)) ** 2 },
  { formula: "(1 − a²)²", of: (_, a) => (1 - a * a) ** 2 },
  { formula: "1 / (a(1 − a))", of: (_, a) => 1 / (a * (1 - a)) },
  { formula: "√(a(1 − a))", of: (_, a) => Math.sqrt(Math.max(0, a * (1 - a))) },
  { formula: "[z < 0]", of: (z) => Number(z < 0) },
  { formula: "e^z", of: (z) => Math.exp(z) },
  { formula: "cos(z)", of: (z) => Math.cos(z) },
  { formula: "1 − |a|", of: (_, a) => 1 - Math.abs(a) },
  // Parentheses or a square are missing in e^−z / (1 + e^−z)².
  { formula: "e^−z / (1 + e^−2z)", of: (z) => Math.exp(-z) / (1 + Math.exp(-2 * z)) },
  { formula: "e^−z", of: (z) => Math.exp(-z) },
  { formula: "e^−z (1 + e^−z)²", of: (z) => Math.exp(-z) * (1 + Math.exp(-z)) ** 2 },
  { formula: "(1 − a)²", of: (_, a) => (1 - a) ** 2 },
  { formula: "1 − 2a", of: (_, a) => 1 - 2 * a },
  // z in one place and a in another.
  { formula: "a(1 − z)", of: (z, a) => a * (1 - z) },
  { formula: "z(1 − a)", of: (z, a) => z * (1 - a) },
  { formula: "1 − tanh(z²)", of: (z) => 1 - Math.tanh(z * z) },
];

/** Terms of which a slope may be a sum with any coefficients, tried when no formula above fits. */
export const SLOPE_TERMS: readonly (readonly Slope[])[] = [
  [RIGHT_SLOPES.relu, { formula: "[z ≤ 0]", of: (z) => Number(z <= 0) }],
  [NO_SLOPE, SLOPES[8], SLOPES.find(({ formula }) => formula === "a²")!],
  [SIGMOID_SLOPE, NO_SLOPE],
  [RIGHT_SLOPES.tanh, NO_SLOPE],
  [NO_SLOPE, SLOPES[9], { formula: "z²", of: (z) => z * z }],
];

/** "0.5 + 2a²" as a slope. */
export function combined(terms: readonly Slope[], coefficients: readonly number[]): Slope {
  const shown = terms.flatMap(({ formula }, i) => {
    const value = Number(coefficients[i].toPrecision(4));
    if (Math.abs(value) < 1e-9) return [];
    const factor = value === 1 && formula !== "1" ? "" : String(value).replace("-", "−");
    return [factor + (formula === "1" ? "" : factor ? ` ${formula}` : formula)];
  });
  return {
    formula: shown.join(" + ") || "0",
    of: (z, a) => terms.reduce((sum, term, i) => sum + coefficients[i] * term.of(z, a), 0),
  };
}

export function softmax(z: Float64Array): Float64Array {
  const greatest = z.reduce((most, value) => Math.max(most, value), -Infinity);
  const powers = z.map((value) => Math.exp(value - greatest));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

/** A number as formulas have it: four digits. */
export const numberText = (value: number): string =>
  String(Number(value.toPrecision(4))).replace("-", "−");

/** A sum in parentheses, as a factor needs it. */
export const asFactor = (formula: string): string =>
  / [+−] /.test(formula.replace(/\([^()]*\)/g, "")) ? `(${formula})` : formula;

const DIGITS = "₀₁₂₃₄₅₆₇₈₉";

/** 12 → "₁₂" */
export const sub = (n: number): string =>
  [...String(n)].map((digit) => DIGITS[Number(digit)]).join("");

/** "a(1 − a)" of layer 2 → "a₂(1 − a₂)" */
export const inLayer = (formula: string, layer: number): string =>
  formula.replace(/(?<![a-zA-Z])[az](?![a-zA-Z])/g, (letter) => letter + sub(layer));
