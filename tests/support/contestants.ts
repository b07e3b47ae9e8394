import { basename, extname } from "node:path";
import process from "node:process";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { writePrepared } from "../../src/data/prepared.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import type { RunRequest } from "../../src/format/request.ts";
import { PROTOCOL_VERSION } from "../../src/format/protocol_version.ts";
import type { Cell, TrialRecord } from "../../src/format/trial_record.ts";
import { libraryOf } from "../../src/sweep/compile_native.ts";
import { kindOf } from "../../src/trial/program/kinds.ts";
import { runTrial } from "../../src/trial/run_trial.ts";
import { withFolder } from "./cli.ts";
import { PYTHON } from "./python.ts";

const EXAMPLES = 200;

interface Wanted {
  readonly cell?: Partial<Cell>;
  readonly stages?: Pick<RunRequest, "training" | "sampling">;
}

const STAGES = {
  training: { epochs: 2 },
  sampling: { engine: "ordered", budgetNs: 0.3e9, minSamples: 2, minSampleNs: 1e6 },
} as const;

const libraries = new Map<string, Promise<string>>();

/** What a plug-in in C is compiled to, once; any other plug-in as it is. */
function compiled(plugin: string): Promise<string> {
  const library = libraries.get(plugin) ?? libraryOf(plugin);
  libraries.set(plugin, library);
  return library;
}

/** One trial of a plug-in of any kind, named like its file, on synthetic digits. */
export async function trialOfPlugin(
  plugin: string,
  { cell = {}, stages = STAGES }: Wanted = {},
): Promise<TrialRecord> {
  const kind = kindOf(plugin);
  const file = await compiled(plugin);
  const examples = cell.examples ?? EXAMPLES;
  let record: TrialRecord | undefined;
  await withFolder(async (folder) => {
    const sets = {
      train: syntheticDigits(examples, 1, "train"),
      test: syntheticDigits(50, 1, "test"),
    };
    record = await runTrial({
      runtime: { ...CURRENT_RUNTIME, path: process.execPath },
      round: 1,
      needs: kind === "native" ? ["ffi"] : [],
      timeoutMs: 120_000,
      request: {
        type: "run",
        protocol: PROTOCOL_VERSION,
        cell: {
          implementation: basename(plugin, extname(plugin)),
          runtime: kind === "python" || kind === "program" ? kind : CURRENT_RUNTIME.name,
          examples,
          batchSize: 10,
          layerSizes: [784, 8, 10],
          hiddenActivation: "sigmoid",
          outputLoss: "sigmoid-quadratic",
          rate: 1,
          precision: "float64",
          threads: 1,
          seed: 1,
          ...cell,
        },
        plugin: file,
        ...(kind === "python" && { python: PYTHON! }),
        data: await writePrepared(folder, sets, cell.seed ?? 1, examples),
        initialisation: "scaled-normal",
        keepWrong: false,
        ...stages,
      },
    });
  });
  return record!;
}
