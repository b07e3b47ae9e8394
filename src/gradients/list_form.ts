import { known } from "../base/known.ts";
import type { Dataset } from "../data/dataset.ts";
import { canonicalLayout, type Layout } from "../model/layout.ts";
import {
  DERIVING_RATE,
  type GradientImplementation,
  type Kernel,
  type ListFormImplementation,
  type Parameters,
  type PhaseClock,
  type Vector,
} from "./contract.ts";

/**
 * Turns a plug-in of lists into a full implementation: `gradient`, or `trainBatch`, whose gradient is (before − after)
 * at rate 1. Lists are made anew for every call, so the program may do with them what it likes; that takes the phase
 * "adapter". Throws TypeError where it returns something else.
 *
 * `open` calls the function once, on the first row with all parameters 0: if it returns a promise, the kernel is
 * asynchronous, and without a loss it has none.
 */
export function fromListForm(form: ListFormImplementation): GradientImplementation {
  const { name, summary, precision, needs, backEnd, skipsZeroPixels, network } = form;
  const probe = form.probe && (() => form.probe!());
  return {
    ...known({ name, summary, precision, needs, backEnd, skipsZeroPixels, network, probe }),

    async open(problem): Promise<Kernel> {
      const layout = canonicalLayout(problem.network);
      const ArrayType = precision === "float32" ? Float32Array : Float64Array;
      const parameters = new ArrayType(layout.length);
      const gradient = new ArrayType(layout.length);
      const call = callOf(form, layout, problem.dataset);

      const first = call(parameters, Uint32Array.of(0), gradient);
      const isAsync = first instanceof Promise;
      const returnsLoss = !Number.isNaN(await first);
      gradient.fill(0);

      const core = {
        layout,
        parameters,
        gradient,
        returnsLoss,
        ...(form.trainBatch && { derives: "always" as const }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
      return isAsync
        ? {
          ...core,
          mode: "async",
          lossAndGradient: async (rows, phases) => await call(parameters, rows, gradient, phases),
        }
        : {
          ...core,
          mode: "sync",
          lossAndGradient: (rows, phases) => call(parameters, rows, gradient, phases) as number,
        };
    },
  };
}

type Call = (
  parameters: Parameters,
  rows: Uint32Array,
  gradient: Parameters,
  phases?: PhaseClock,
) => number | Promise<number>;

function callOf(form: ListFormImplementation, layout: Layout, dataset: Dataset): Call {
  const what = form.gradient ? "gradient" : "trainBatch";
  return (parameters, rows, gradient, phases) => {
    phases?.("adapter");
    const { weights, biases } = listsOf(layout, parameters);
    const { images, labels } = minibatch(dataset, rows);
    phases?.("gradient");
    const answer = form.gradient
      ? form.gradient(weights, biases, images, labels)
      : form.trainBatch!(weights, biases, images, labels, DERIVING_RATE);
    const take = (result: unknown): number => {
      phases?.("adapter");
      const found = readResult(result, what, { weights, biases });
      if (what === "gradient") refuseParameters(found, { weights, biases }, layout, parameters);
      write(found, layout, gradient, what);
      if (what === "trainBatch") {
        for (let p = 0; p < gradient.length; p++) {
          gradient[p] = (parameters[p] - gradient[p]) / DERIVING_RATE;
        }
      }
      return found.loss ?? NaN;
    };
    return answer instanceof Promise ? answer.then(take) : take(answer);
  };
}

interface Lists {
  /** [layer][out][in] */
  readonly weights: number[][][];
  /** [layer][out] */
  readonly biases: number[][];
}

function listsOf({ layers }: Layout, parameters: Parameters): Lists {
  return {
    weights: layers.map(({ outputs, inputs, weightOffset }) =>
      Array.from({ length: outputs }, (_, o) => {
        const at = weightOffset + o * inputs;
        return Array.from(parameters.subarray(at, at + inputs));
      })
    ),
    biases: layers.map(({ outputs, biasOffset }) =>
      Array.from(parameters.subarray(biasOffset, biasOffset + outputs))
    ),
  };
}

/** Images (rows, features) from 0 to 1, and their labels. */
function minibatch({ pixels, labels, features }: Dataset, rows: Uint32Array) {
  return {
    images: Array.from(rows, (row) => {
      const image: number[] = [];
      for (let at = row * features, end = at + features; at < end; at++) {
        image.push(pixels[at] / 255);
      }
      return image;
    }),
    labels: Array.from(rows, (row) => labels[row]),
  };
}

interface Found {
  readonly weights: readonly unknown[];
  readonly biases: readonly unknown[];
  readonly loss?: number;
}

/** What a function returned: [weights, biases, loss?], an object of these, or for `trainBatch` a loss or nothing. */
function readResult(result: unknown, what: "gradient" | "trainBatch", given: Lists): Found {
  if (what === "trainBatch" && (result === undefined || typeof result === "number")) {
    return { ...given, ...(result !== undefined && { loss: result }) };
  }
  const parts: Partial<Found> = Array.isArray(result)
    ? { weights: result[0], biases: result[1], loss: result[2] }
    : Object(result);
  const { weights, biases, loss } = parts;
  if (!Array.isArray(weights) || !Array.isArray(biases)) {
    throw new TypeError(
      `${what} returned ${kindOf(result)}, expected [weights, biases] or [weights, biases, loss]`,
    );
  }
  if (loss !== undefined && typeof loss !== "number") {
    throw new TypeError(`${what} returned ${kindOf(loss)} as the loss, expected a number`);
  }
  return { weights, biases, ...(loss !== undefined && { loss }) };
}

/**
 * Throws where what was given is returned as the gradient. The program may store its gradient into the given lists, so
 * these count only while they hold the parameters; zeros may be both.
 */
function refuseParameters(
  found: Found,
  given: Lists,
  { layers }: Layout,
  parameters: Parameters,
): void {
  const isKept = (own: unknown, its: readonly number[], at: number): boolean =>
    own === its && its.every((value, i) => value === parameters[at + i]) &&
    its.some((value) => value !== 0);
  for (const [l, { inputs, weightOffset, biasOffset }] of layers.entries()) {
    const rows = found.weights[l];
    const isWeights = Array.isArray(rows) &&
      given.weights[l].some((row, o) => isKept(rows[o], row, weightOffset + o * inputs));
    if (!isWeights && !isKept(found.biases[l], given.biases[l], biasOffset)) continue;
    throw new TypeError(
      `gradient returned the parameters themselves as the ${
        isWeights ? "weights" : "biases"
      } of layer ${l + 1}: return lists of its own`,
    );
  }
}

/** Writes lists in canonical order. */
function write({ weights, biases }: Found, { layers }: Layout, into: Parameters, what: string) {
  const fail = (name: string, found: unknown, expected: string): never => {
    throw new TypeError(`${what} returned ${kindOf(found)} for ${name}, expected ${expected}`);
  };
  const put = (values: unknown, at: number, length: number, name: string): void => {
    if (!isVector(values) || values.length !== length) {
      return fail(name, values, `${length} numbers`);
    }
    into.set(values as ArrayLike<number>, at);
  };
  for (const list of [weights, biases]) {
    const name = list === weights ? "the weights" : "the biases";
    if (list.length !== layers.length) fail(name, list, `${layers.length}: one for each layer`);
  }
  for (const [l, { outputs, inputs, weightOffset, biasOffset }] of layers.entries()) {
    const own = weights[l];
    const name = `the weights of layer ${l + 1}`;
    if (ArrayBuffer.isView(own)) put(own, weightOffset, outputs * inputs, name);
    else if (!Array.isArray(own) || own.length !== outputs) fail(name, own, `${outputs} rows`);
    else own.forEach((row, o) => put(row, weightOffset + o * inputs, inputs, `${name}, row ${o}`));
    put(biases[l], biasOffset, outputs, `the biases of layer ${l + 1}`);
  }
}

const isVector = (value: unknown): value is Vector =>
  value instanceof Float64Array || value instanceof Float32Array ||
  Array.isArray(value) && value.every((one) => typeof one === "number");

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if (Array.isArray(value)) {
    const odd = value.find((one) => typeof one !== "number" && typeof one !== "object");
    return `a list of ${value.length}${odd === undefined ? "" : ` with ${kindOf(odd)} in it`}`;
  }
  return value instanceof Promise ? "a promise" : `a ${typeof value}`;
}
