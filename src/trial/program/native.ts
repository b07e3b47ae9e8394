import { basename, extname, resolve } from "node:path";
import { InputError } from "../../base/errors.ts";
import { openLibrary } from "../../base/ffi.ts";
import { CURRENT_RUNTIME } from "../../base/runtime.ts";
import type { GradientImplementation, SyncKernel } from "../../gradients/contract.ts";
import { canonicalLayout } from "../../model/layout.ts";
import { HIDDEN_ACTIVATIONS, OUTPUT_LOSSES } from "../../model/network.ts";

/** kits/c/slope.h */
const FUNCTIONS = {
  slope_precision: { parameters: [], result: "i32" },
  slope_open: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
  slope_gradient: { parameters: ["buffer", "buffer", "i32", "buffer"], result: "f64" },
} as const;

/** Arrays whose addresses native code holds: they must not be collected. */
const HELD: unknown[] = [];

/**
 * The implementation in a native library, named like its file. In Node it is unavailable. Throws InputError for a
 * library that cannot be opened or lacks a function.
 */
export async function loadNative(path: string): Promise<GradientImplementation[]> {
  const file = basename(path, extname(path));
  const about = {
    name: file.replace(/^lib/, ""),
    summary: `native code, ${basename(path)}`,
    needs: ["ffi"],
  } as const;
  const library = await openLibrary([resolve(path)], FUNCTIONS);
  if (!library.available) {
    const { reason } = library;
    if (CURRENT_RUNTIME.name === "node") {
      const open = () => Promise.reject(new Error(reason));
      return [{
        ...about,
        precision: "float64",
        probe: () => ({ available: false, reason }),
        open,
      }];
    }
    throw new InputError(
      `Cannot load plug-in "${path}": ${reason}`,
      "kits/c/slope.h has the three functions of a native plug-in",
    );
  }
  const { functions, buffer } = library;
  const precision = functions.slope_precision() === 32 ? "float32" : "float64";
  return [{
    ...about,
    precision,
    open({ network, dataset, maxBatchSize, threads }): SyncKernel {
      const layout = canonicalLayout(network);
      const ArrayType = precision === "float32" ? Float32Array : Float64Array;
      const parameters = new ArrayType(layout.length);
      const gradient = new ArrayType(layout.length);
      const problem = Int32Array.of(
        dataset.count,
        maxBatchSize,
        threads,
        HIDDEN_ACTIVATIONS.indexOf(network.hiddenActivation),
        OUTPUT_LOSSES.indexOf(network.outputLoss),
        network.layerSizes.length,
        ...network.layerSizes,
      );
      const given = [problem, dataset.pixels, dataset.labels];
      HELD.push(...given);
      const [forProblem, forPixels, forLabels] = given.map(buffer);
      const code = functions.slope_open(forProblem, forPixels, forLabels);
      if (code !== 0) {
        throw new Error(
          `slope_open returned ${code}: it does not compute ${network.layerSizes.join("-")}, ` +
            `${network.hiddenActivation}, ${network.outputLoss}`,
        );
      }
      const [forParameters, forGradient] = [buffer(parameters), buffer(gradient)];
      return {
        mode: "sync",
        layout,
        parameters,
        gradient,
        lossAndGradient: (rows) =>
          functions.slope_gradient(forParameters, buffer(rows), rows.length, forGradient),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  }];
}
