import { basename, resolve } from "node:path";
import { NoProgram } from "../../base/errors.ts";
import { openLibrary, type Signatures } from "../../base/ffi.ts";
import { moveOutput } from "../../base/output.ts";
import { programName } from "../../base/program_name.ts";
import { CURRENT_RUNTIME } from "../../base/runtime.ts";
import type { GradientImplementation, PhaseClock, SyncKernel } from "../../gradients/contract.ts";
import { canonicalLayout } from "../../model/layout.ts";
import { HIDDEN_ACTIVATIONS, OUTPUT_LOSSES } from "../../model/network.ts";
import { libraryFault } from "./library_file.ts";

/** kits/c/slope.h */
const FUNCTIONS = {
  slope_precision: { parameters: [], result: "i32" },
  slope_open: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
  slope_gradient: { parameters: ["buffer", "buffer", "i32", "buffer"], result: "f64" },
} as const;

/** Functions that it may lack. */
const THREADS = { slope_threads: { parameters: [], result: "i32" } } as const;
const PHASES = {
  slope_phases: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
} as const;
/** SLOPE_MOST_PHASES and SLOPE_PHASE_NAME */
const [MOST_PHASES, NAME_BYTES] = [16, 32];

/**
 * This many numbers of this value, which no arithmetic gives by chance, lie before a gradient and after it. As many as
 * these keep its place in the lines of the cache.
 */
const [GUARDS, GUARD] = [16, 2 ** -100];

/** Arrays whose addresses native code holds: they must not be collected. */
const HELD: unknown[] = [];

/**
 * The implementation in a native library, named like its file. In Node it is unavailable. Throws the reason for a library
 * that cannot be opened or lacks a function.
 */
export async function loadNative(path: string): Promise<GradientImplementation[]> {
  const about = {
    name: programName(path).replace(/^lib/, ""),
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
    const fault = libraryFault(path);
    if (fault === undefined && await offersNone(path)) {
      throw new NoProgram(`${basename(path)} has none of ${Object.keys(FUNCTIONS).join(", ")}`);
    }
    throw new Error(fault ?? reason);
  }
  const { functions, buffer } = library;
  await moveOutputOf(path);
  const meter = await phaseMeterOf(path);
  const bits = functions.slope_precision();
  if (bits !== 32 && bits !== 64) {
    throw new Error(`slope_precision returned ${bits}, expected 32 for float or 64 for double`);
  }
  const precision = bits === 32 ? "float32" : "float64";
  const threaded = await openLibrary([resolve(path)], THREADS);
  const usesThreads = threaded.available && threaded.functions.slope_threads() !== 0;
  return [{
    ...about,
    ...(usesThreads && { needs: [...about.needs, "threads"] }),
    precision,
    open({ network, dataset, maxBatchSize, threads }): SyncKernel {
      const layout = canonicalLayout(network);
      const ArrayType = precision === "float32" ? Float32Array : Float64Array;
      const parameters = new ArrayType(layout.length);
      const guarded = new ArrayType(layout.length + 2 * GUARDS).fill(GUARD);
      const gradient = guarded.subarray(GUARDS, GUARDS + layout.length).fill(0);
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
        lossAndGradient(rows, phases) {
          if (phases) meter?.start();
          const loss = functions.slope_gradient(
            forParameters,
            buffer(rows),
            rows.length,
            forGradient,
          );
          if (phases) meter?.stop(phases);
          return loss;
        },
        [Symbol.asyncDispose]() {
          const isGuarded = [...guarded.subarray(0, GUARDS), ...guarded.subarray(-GUARDS)]
            .every((value) => value === GUARD);
          const { length } = layout;
          return isGuarded ? Promise.resolve() : Promise.reject(
            new Error(`slope_gradient wrote outside its gradient, which has ${length} numbers`),
          );
        },
      };
    },
  }];
}

/** It can be opened, and has no function of a program: others link it. */
async function offersNone(path: string): Promise<boolean> {
  const { slope_precision, slope_open, slope_gradient } = FUNCTIONS;
  const signatures: Signatures[] = [{ slope_precision }, { slope_open }, { slope_gradient }];
  for (const one of signatures) {
    if ((await openLibrary([resolve(path)], one)).available) return false;
  }
  return true;
}

/** Measures the phases that the library marks; undefined where it marks none. */
async function phaseMeterOf(path: string) {
  const library = await openLibrary([resolve(path)], PHASES);
  if (!library.available) return undefined;
  const names = new Uint8Array(MOST_PHASES * NAME_BYTES);
  const times = new Float64Array(MOST_PHASES);
  const { functions: { slope_phases }, buffer } = library;
  const [forNames, forTimes] = [buffer(names), buffer(times)];
  let known: string[] = [];
  return {
    start: () => void slope_phases(1, forNames, forTimes),
    stop(phases: PhaseClock) {
      const count = slope_phases(0, forNames, forTimes);
      if (known.length !== count) known = namesIn(names, count);
      known.forEach((name, i) => phases.add?.(name, times[i]));
    },
  };
}

/** Each ends with a zero. */
const namesIn = (bytes: Uint8Array, count: number): string[] =>
  Array.from({ length: count }, (_, i) => {
    const name = bytes.subarray(i * NAME_BYTES, (i + 1) * NAME_BYTES);
    return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
  });

const OUTPUT = {
  dup: { parameters: ["i32"], result: "i32" },
  dup2: { parameters: ["i32", "i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
} as const;

/**
 * What native code prints goes to standard error, because standard output carries the protocol. The functions are those
 * of the C library that the plug-in uses; without one it prints nothing.
 */
async function moveOutputOf(path: string): Promise<void> {
  const library = await openLibrary([resolve(path)], OUTPUT);
  if (!library.available) return;
  const { functions: { dup, dup2, write }, buffer } = library;
  const output = dup(1);
  if (output < 0 || dup2(2, 1) < 0) return;
  moveOutput((text) => {
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) {
      const written = write(output, buffer(rest), rest.length);
      if (written > 0) rest = rest.slice(written);
    }
  });
}
