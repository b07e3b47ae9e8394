import { InputError } from "../base/errors.ts";
import { known } from "../base/known.ts";
import { canonicalLayout } from "../model/layout.ts";
import type { GradientImplementation, Kernel, ShortFormImplementation } from "./contract.ts";

/**
 * Turns a short-form plug-in into a full implementation, with arrays in the canonical layout and in the
 * declared precision.
 *
 * `open` calls the function once, on the first row with all parameters 0; if it returns a promise, the
 * kernel is asynchronous. Throws InputError if `prepare` does not return a function.
 */
export function fromShortForm(short: ShortFormImplementation): GradientImplementation {
  const { name, summary, precision, needs, backEnd, skipsZeroPixels, withOneThread } = short;
  const probe = short.probe && (() => short.probe!());
  return {
    ...known({ name, summary, precision, needs, backEnd, skipsZeroPixels, withOneThread, probe }),

    async open(problem): Promise<Kernel> {
      const gradientOf = await short.prepare(problem);
      if (typeof gradientOf !== "function") {
        throw new InputError(
          `Cannot open "${name}": prepare returned ${typeof gradientOf}, expected a function`,
          "return (parameters, batch, gradient) => loss from prepare",
        );
      }
      const layout = canonicalLayout(problem.network);
      const ArrayType = precision === "float32" ? Float32Array : Float64Array;
      const parameters = new ArrayType(layout.length);
      const gradient = new ArrayType(layout.length);

      const first = gradientOf(parameters, Uint32Array.of(0), gradient);
      const isAsync = first instanceof Promise;
      await first;
      parameters.fill(0);
      gradient.fill(0);

      const dispose = () => Promise.resolve();
      const core = { layout, parameters, gradient, [Symbol.asyncDispose]: dispose };
      return isAsync
        ? {
          ...core,
          mode: "async",
          lossAndGradient: async (batch) => await gradientOf(parameters, batch, gradient),
        }
        : {
          ...core,
          mode: "sync",
          // It was sync at the first call. If it returns a promise later, verification finds it.
          lossAndGradient: (batch) => gradientOf(parameters, batch, gradient) as number,
        };
    },
  };
}
