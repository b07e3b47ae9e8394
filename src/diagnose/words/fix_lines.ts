/**
 * Corrections as code, in NumPy and in TypeScript. In NumPy they are for what Slope gives: images (B, pixels), weights
 * (out, in), so an array of a layer is (B, width).
 */
import { isUsualActivation } from "../inside/functions.ts";
import type { Fix } from "./told.ts";

const COLUMNS = "With examples in columns,";

/** Slopes of all activations. In Python they are called f_prime: `slope` is the module that plug-ins import. */
export const SLOPE_FIX: Fix = {
  python:
    "Write `f_prime = a * (1 - a)` for a sigmoid, `1 - a**2` for tanh, `a > 0` for relu, with a = f(z).",
  typescript:
    "Write `slope = a * (1 - a)` for a sigmoid, `1 - a * a` for tanh, `a > 0 ? 1 : 0` for relu, with a = f(z).",
};

/** δ of a hidden layer. */
export const DELTA_FIX: Fix = {
  python:
    "Write `delta = (delta @ W) * f_prime`, with W of the layer above and f_prime = a * (1 - a) for a " +
    `sigmoid, 1 - a**2 for tanh, a > 0 for relu. ${COLUMNS} \`(W.T @ delta) * f_prime\`.`,
  typescript:
    "Write `below[i] = slope(a[i]) * delta.reduce((sum, d, o) => sum + w[o][i] * d, 0)`, with w of " +
    "the layer above and slope(a) = a * (1 - a) for a sigmoid, 1 - a * a for tanh, a > 0 ? 1 : 0 for relu.",
};

const OUTPUT_FIX: Fix = {
  python: "Write `delta = (a - y) * a * (1 - a)` for the quadratic loss, `delta = a - y` for the " +
    "cross-entropy of a softmax.",
  typescript:
    "Write `delta[k] = (a[k] - y[k]) * a[k] * (1 - a[k])` for the quadratic loss, `a[k] - y[k]` " +
    "for the cross-entropy of a softmax.",
};

const OUTPUT_FORMS: ReadonlySet<string> = new Set([
  "error-squared",
  "error-cubed",
  "absolute-error",
  "sign",
  "cost-for-error",
  "mean-error",
  "error-length",
  "zero-for-last-neuron",
]);

const MASK_FIX: Fix = "On the way back, multiply by the same mask, with its factor, and by f′(z) " +
  "from before the mask.";

export const slopeFix = (name: string): Fix =>
  OUTPUT_FORMS.has(name)
    ? OUTPUT_FIX
    : name.startsWith("mask-") || name === "slope-at-dropped"
    ? MASK_FIX
    : SLOPE_FIX;

export const SUM_FIX: Fix = {
  python: `Write \`z = a @ W.T + b\`. ${COLUMNS} \`z = W @ a + b\` with b (n, 1).`,
  typescript: "Write `z[o] = w[o].reduce((sum, weight, i) => sum + weight * a[i], b[o])`.",
};

/** Ways in which z, not the activation, is wrong. */
const SUM_FORMS: ReadonlySet<string> = new Set([
  "mean-of-inputs",
  "sum-over-root",
  "symmetrised-weights",
  "sum-kept",
  "last-input-alone",
  "last-input-alone-without-bias",
  "without-last-input",
  "without-first-input",
]);

const PRODUCT_FORMS = /-in-product$/;

/** A value is where z is cut off. */
export function activationFix(name: string, value: number): Fix {
  if (Number.isFinite(value)) return "Leave z as it is, or cut it off beyond ±40 only.";
  if (SUM_FORMS.has(name)) return SUM_FIX;
  if (name === "log-softmax") {
    return {
      python: "delta = np.exp(log_p) - y",
      typescript: "delta[k] = Math.exp(logP[k]) - y[k]",
    };
  }
  if (name === "softmax-twice") {
    return "Take one softmax of z: a loss that has its own softmax wants z, not probabilities.";
  }
  if (name === "predicted-class") {
    return "Take the probabilities a, not the class that is predicted: it has no derivative.";
  }
  if (PRODUCT_FORMS.test(name)) {
    return {
      python:
        `Write \`dW = delta.T @ a\`, with a as it enters the layer. ${COLUMNS} \`delta @ a.T\`.`,
      typescript: "Write `dW[o][i] += delta[o] * a[i]`, with a as it enters the layer.",
    };
  }
  if (isUsualActivation(name)) {
    return "If you mean it, keep it: it may train well. Slope checks and times sigmoid, tanh and relu.";
  }
  return "Use the activation of the problem (network.hiddenActivation), or ask for yours with " +
    "--activation.";
}

const SOFTMAX_FIX: Fix = {
  python:
    "Write `e = np.exp(z - z.max(axis=1, keepdims=True)); a = e / e.sum(axis=1, keepdims=True)` " +
    `for z (B, classes). ${COLUMNS} axis=0.`,
  typescript:
    "Compute `const sum = z.reduce((all, one) => all + Math.exp(one), 0)` from the z of one row.",
};

const ROWS_FIXES: Readonly<Record<string, Fix>> = {
  "softmax-over-batch": SOFTMAX_FIX,
  "softmax-over-all": SOFTMAX_FIX,
  "pixels-reshaped": {
    python: "Write `images.T` in place of `images.reshape(…)`: a reshape does not transpose.",
    typescript: "Take pixel i of row n from images[n][i].",
  },
  "softmax-sum-kept": SOFTMAX_FIX,
  "labels-of-all-rows": {
    python: "y[np.arange(len(labels)), labels] = 1   # not y[:, labels] = 1",
    typescript: "Make a new list of zeros for each row, and set y[n][labels[n]] = 1.",
  },
  "error-over-rows": {
    python: "Keep a row for each example, `error = a - y`, and take the mean over rows of dW and " +
      "db alone.",
    typescript: "Run backward with each row's own error, then add up the gradients.",
  },
  "mean-image": {
    python: "Run forward and backward with each example, and take the mean of dW and db alone.",
    typescript: "Run forward and backward with each row, then add up the gradients.",
  },
  "targets-reshaped": {
    python: "Write `y.T` in place of `y.reshape(…)`: a reshape does not transpose.",
    typescript: "Take target k of row n from y[n][k].",
  },
};

const PIXELS_FIX: Fix =
  "Scale every image with the same two numbers, whatever else is in the minibatch: x / 255, or mean and " +
  "deviation of all training images.";

const OVER_MINIBATCH = /^(standardised|centred|maximum|range|length)-over-/;

export const rowsFix = (name: string): Fix =>
  ROWS_FIXES[name] ?? (OVER_MINIBATCH.test(name) ? PIXELS_FIX : {
    python: "Reduce over the classes (axis=-1 of (B, classes)), never over the rows, before the " +
      "last sum.",
    typescript: "Compute everything for one row, then add the row's gradient to the sum.",
  });

export const pixelFix = (name: string): Fix =>
  OVER_MINIBATCH.test(name) ? PIXELS_FIX : {
    python:
      "Use `images` as they come: they hold byte / 255 already. Divide by 255 where you read bytes.",
    typescript:
      "Use `images` of a gradient or trainBatch as they come: they hold byte / 255 already. Where " +
      "you read bytes, write `pixels[row * features + i] / 255`.",
  };

export const SHARED_FIX: Fix = {
  python:
    "Write `[[0.0] * n_in for _ in range(n_out)]`: `[[0.0] * n_in] * n_out` is one list, n_out times.",
  typescript:
    "Write `Array.from({ length: nOut }, () => new Array(nIn).fill(0))`: `fill` puts one and the " +
    "same list into every place.",
};

export const layoutFix = (name: string): Fix =>
  name.startsWith("transposed")
    ? {
      python:
        `Write \`dW = delta.T @ a\`: it is (out, in), as weights are. ${COLUMNS} \`delta @ a.T\`.` +
        " A reshape does not transpose.",
      typescript: "Write `dW[o][i]`: out first, as in weights.",
    }
    : "Store layer by layer the weights row by row, (outputs, inputs), then the biases.";

export const ONE_HOT_FIX: Fix = {
  python: "y = np.eye(classes)[labels]",
  typescript: "y[k] = k === label ? 1 : 0",
};

export const BIAS_FIX: Fix = {
  python: "db = delta.mean(axis=0)   # (B, neurons) → (neurons,); never a sum without an axis",
  typescript: "db[o] += delta[o]",
};

export const MISSING_OUTPUT_FIX: Fix = {
  python: "With the quadratic loss, write `delta = (a - y) * a * (1 - a)`.",
  typescript: "With the quadratic loss, write `delta[k] = (a[k] - y[k]) * a[k] * (1 - a[k])`.",
};

export const ERROR_FIX: Fix = {
  python:
    "Write `delta = (delta_above @ W) * f_prime`, with delta_above = error * its own f_prime. " +
    `${COLUMNS} \`(W.T @ delta_above) * f_prime\`.`,
  typescript: "Pass down `delta[o] = error[o] * slope[o]`, not error[o].",
};

export const decayFix = (name: string, value: number): Fix => {
  if (name === "over-rows") {
    return {
      python:
        "Write `dW = delta.T @ a / len(images) + lam * W`, so that decay does not depend on the " +
        "minibatch size, and declare it with --weight-decay.",
      typescript:
        "Add lambda * w[o][i] to the mean over the rows, so that decay does not depend on the " +
        "minibatch size, and declare it with --weight-decay.",
    };
  }
  if (name === "absoluteDecay" || name === "squareDecay") return NUMBER_FIX;
  if (name !== "") {
    return "Leave it out of the gradient. If you mean it, it cannot be declared: switch it off while " +
      "you check the rest.";
  }
  if (value === 0) return "Add λ W to each weight gradient, or leave --weight-decay out.";
  return value < 0
    ? {
      python: "dW += lam * W   # +, not −",
      typescript: "dW[o][i] += lambda * w[o][i]; // +, not −",
    }
    : "Leave the decay to the update if the gradient is to be that of the loss.";
};

export const NUMBER_FIX: Fix = {
  python: "Add the gradient of a penalty, not its value: `dW += lam * W` for ½ λ Σw².",
  typescript:
    "Add the gradient of a penalty, not its value: `dW[o][i] += lambda * w[o][i]` for ½ λ Σw².",
};
