import type { Language } from "./told.ts";

type Lines = Readonly<Record<Language, string>>;

/** Corrections of findings about a whole gradient, as code. In NumPy an array of a layer is (B, width). */
export const GRADIENT_FIXES = {
  sign: {
    python:
      "Return ∂loss/∂w itself: `delta = (a - y) * f_prime`, not `(y - a) * f_prime`; the trainer subtracts it. " +
      "An update of your own subtracts it, too: `w -= rate * g`.",
    typescript:
      "Return ∂loss/∂w itself: `delta[k] = (a[k] - y[k]) * slope`, not `y[k] - a[k]`; the " +
      "trainer subtracts it. An update of your own subtracts it, too: `w[p] -= rate * g[p]`.",
  },
  oneSign:
    "Give them the sign of the others: return ∂loss/∂w and ∂loss/∂b; the trainer subtracts both.",
  bias: {
    python: "Write `db = delta.mean(axis=0)`: the mean of δ over the minibatch.",
    typescript:
      "Write `db[o] += delta[o] / images.length` for each row: the mean of δ over the minibatch.",
  },
  sums: {
    python: "Set the sums to 0 in every call: `dW = [np.zeros_like(w) for w in weights]`.",
    typescript:
      "Set the sums to 0 in every call: `const dW = weights.map((w) => w.map((row) => row.map(() => 0)))`.",
  },
  mean: {
    python:
      "Divide by the number of examples of this minibatch: `dW /= len(images)`, `db /= len(images)`.",
    typescript: "Divide by the number of examples of this minibatch: `dW[o][i] / images.length`.",
  },
  meanOfBiases: {
    python: "Divide by the number of examples of this minibatch: `db /= len(images)`.",
    typescript: "Divide by the number of examples of this minibatch: `db[o] / images.length`.",
  },
  lengths: {
    python:
      "Keep the axis in sums over classes, `e / e.sum(axis=1, keepdims=True)`, and compare with " +
      "`np.eye(classes)[labels]`, not with labels.",
    typescript:
      "Take the number of examples from images.length, and that of classes from the last layer.",
  },
  overflow: {
    python: "Write a softmax as `e = np.exp(z - z.max(axis=1, keepdims=True))` and " +
      "`e / e.sum(axis=1, keepdims=True)`, σ as `1 / (1 + np.exp(-z))`, its loss as " +
      "`np.log(e.sum(axis=1)) + z.max(axis=1) - z[range(len(z)), labels]`, and δ as `a - y` at once.",
    typescript:
      "In a softmax, write `Math.exp(z - greatest)` with the greatest z of the row. Write σ(z) as " +
      "`1 / (1 + Math.exp(-z))`, log(e^z) as z, and δ of the cross-entropy as a − y at once.",
  },
} satisfies Record<string, Lines | string>;

/** Answers that stay where they should change, or change where they should stay. */
export const CHANGES = {
  "from-call-to-call": {
    meaning:
      "Random numbers, a race, uninitialised memory, or something that is kept from call to " +
      "call (the state of Adam, a rate that decays) changes the answer.",
    fix: "Draw no random numbers in the gradient, clear every buffer before adding to it, await " +
      "all work, and update by w −= rate · g alone.",
  },
  "never": {
    evidence: "Two questions with other parameters and rows have the same answer.",
    meaning: "The program returns the answer of an earlier call, or always the same.",
    fix: "Compute everything from the arguments of each call, and keep nothing.",
  },
  "at-the-end": {
    evidence: "A question that is asked again at the end has another answer than at the start.",
    meaning: "The answer depends on the calls before.",
    fix: "Compute everything from the arguments of each call, and keep nothing.",
  },
  "rate-decays": {
    evidence: "Answers to one question are multiples of each other, and get smaller.",
    meaning: "The rate decays from call to call.",
    fix: "Update with the rate that you are given: w −= rate · g. A rate that decays cannot be " +
      "declared, so keep it for a training of your own.",
  },
  "on-the-way-back": {
    evidence:
      "In two calls with the same parameters and rows, δ of other neurons is 0, and every " +
      "activation is the same.",
    meaning: "Dropout is on while the gradient is computed, and on the way back alone.",
    fix: "Switch dropout off here; it belongs to training only, with one mask for both ways.",
  },
  "adaptive": {
    evidence:
      "Elements with large and small gradients get steps of nearly one size, which change " +
      "from call to call.",
    meaning:
      "An optimiser of its own, such as Adam, RMSProp or Adagrad, divides each step by the " +
      "size of earlier gradients.",
    fix: "Return the gradient itself, or update by w −= rate · g: plain descent is what it is " +
      "compared with. Such an optimiser cannot be declared, so switch it off while you check the " +
      "rest.",
  },
  "not-with-parameters": {
    evidence: "With other parameters and the same rows the answer is the same.",
    meaning:
      "The program computes with weights and biases of its own, not with those that it is given.",
    fix: "Set the weights and biases of your network to the given ones at the start of every call.",
  },
} as const;
