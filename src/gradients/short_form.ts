import { InputError } from "../base/errors.ts";
import { canonicalLayout } from "../model/layout.ts";
import type {
  GradientImplementation,
  Kernel,
  ShortFormGradient,
  ShortFormImplementation,
} from "./contract.ts";

/**
 * Makes a full implementation of the short form of a plug-in: arrays in the canonical layout and of the
 * declared precision.
 *
 * Whether the kernel is synchronous is found out in `open` by one call on the first row of the subset, with
 * parameters of 0: a function that answers with a promise gets an asynchronous kernel. Throws InputError
 * when `prepare` does not give a function.
 */
export function fromShortForm(short: ShortFormImplementation): GradientImplementation {
  const { name, summary, precision, needs, backEnd, skipsZeroPixels } = short;
  return {
    name,
    summary,
    precision,
    ...(needs !== undefined && { needs }),
    ...(backEnd !== undefined && { backEnd }),
    ...(skipsZeroPixels !== undefined && { skipsZeroPixels }),
    ...(short.probe !== undefined && { probe: () => short.probe!() }),

    async open(problem): Promise<Kernel> {
      const gradientOf: ShortFormGradient = await short.prepare(problem);
      if (typeof gradientOf !== "function") {
        throw new InputError(
          `Cannot open "${name}": prepare gave ${typeof gradientOf}, expected a function`,
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

      const core = {
        layout,
        parameters,
        gradient,
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
      return isAsync
        ? {
          ...core,
          mode: "async",
          lossAndGradient: async (batch) => await gradientOf(parameters, batch, gradient),
        }
        : {
          ...core,
          mode: "sync",
          // Sync at the first call; should it change its mind, verification sees the promise.
          lossAndGradient: (batch) => gradientOf(parameters, batch, gradient) as number,
        };
    },
  };
}
