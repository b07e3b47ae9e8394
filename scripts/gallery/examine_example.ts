import { basename } from "node:path";
import { randomFrom } from "../../src/base/random.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { examineGradient } from "../../src/diagnose/gradient/examine_gradient.ts";
import type { Finding } from "../../src/format/finding.ts";
import type { Network } from "../../src/model/network.ts";
import { loadPlugin } from "../../src/gradients/plugin.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import { loadProgram } from "../../src/trial/program/load_program.ts";

const FILES = new URL("../../examples/mistakes/", import.meta.url);
const SEED = 1;
/** Examples in TypeScript have one layer. */
const WIDTHS = { ".py": [20, 7, 5, 3], ".ts": [20, 3] } as const;
/** Relative errors below this are rounding, which differs between machines. */
const LEAST_ERROR = 1e-9;

/** What diagnose finds in an example, with figures that are the same on every machine. */
export async function examineExample(file: string, python: string): Promise<Finding[]> {
  const path = new URL(file, FILES).pathname;
  const isPython = file.endsWith(".py");
  const [implementation] = isPython ? await loadProgram(path, python) : await loadPlugin(path);
  const { layerSizes, hiddenActivation, outputLoss } = implementation.network ?? {};
  const network: Network = {
    layerSizes: layerSizes ?? WIDTHS[isPython ? ".py" : ".ts"],
    hiddenActivation: hiddenActivation ?? "sigmoid",
    outputLoss: outputLoss ?? "sigmoid-quadratic",
  };
  const sizes = network.layerSizes;
  const problem = {
    network,
    dataset: randomRows(sizes[0], sizes[sizes.length - 1]),
    maxBatchSize: 10,
    threads: 1,
  };
  const initial = initialParameters(network, "scaled-normal", SEED);
  const findings = await examineGradient(implementation, problem, initial, SEED);
  return JSON.parse(JSON.stringify(findings, rounded));
}

function rounded(key: string, value: unknown): unknown {
  if (key === "file") return basename(String(value));
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return key === "error" && value < LEAST_ERROR ? LEAST_ERROR : Number(value.toPrecision(4));
}

/** Random rows, a third of whose pixels are 0. */
function randomRows(features: number, classes: number): Dataset {
  const random = randomFrom(SEED, "rows of the gallery");
  const count = 60;
  return {
    count,
    features,
    classes,
    pixels: Uint8Array.from(
      { length: count * features },
      () => random.uniform() < 2 / 3 ? random.integer(256) : 0,
    ),
    labels: Uint8Array.from({ length: count }, (_, row) => row % classes),
  };
}
