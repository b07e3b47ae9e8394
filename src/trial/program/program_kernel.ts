import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { known } from "../../base/known.ts";
import type { ProgramFiles } from "../../format/program_protocol.ts";
import { canonicalLayout } from "../../model/layout.ts";
import type { AsyncKernel, Precision, Problem, RemoteProfiler } from "../../gradients/contract.ts";
import type { Conversation } from "./conversation.ts";
import { readShared, writeShared } from "./shared_file.ts";

/** A program as its `describe` tells it. */
export interface Told {
  readonly name: string;
  readonly precision: Precision;
  readonly steps: boolean;
  readonly marksPhases?: true | undefined;
  readonly locates?: true | undefined;
  readonly takesProfiles?: true | undefined;
}

/**
 * Opens a program for one problem: a kernel in canonical layout whose parameters and gradient pass through files, and
 * whose epochs run inside the program.
 */
export async function openProgram(
  conversation: Conversation,
  { name, precision, steps, marksPhases, locates, takesProfiles }: Told,
  { network, dataset, maxBatchSize, threads }: Problem,
  /** The folder for the files that both share; absent: a new one beside the data. */
  scratch?: string,
): Promise<AsyncKernel> {
  const layout = canonicalLayout(network);
  const Numbers = precision === "float32" ? Float32Array : Float64Array;
  const parameters = new Numbers(layout.length);
  const gradient = new Numbers(layout.length);
  const folder = scratch ??
    mkdtempSync(join(dataset.files ? dirname(dataset.files.pixels) : tmpdir(), "p-"));
  const files: ProgramFiles = {
    parameters: join(folder, "parameters.f64"),
    gradient: join(folder, "gradient.f64"),
    order: join(folder, "order.u32"),
  };
  const dispose = async () => {
    await conversation.close();
    rmSync(folder, { recursive: true, force: true });
  };
  /** float64, little-endian as on every supported machine. */
  const read = (path: string, into: Float32Array | Float64Array): void => {
    into.set(new Float64Array(readShared(path, 8 * into.length).buffer));
  };
  const push = async () => {
    writeShared(files.parameters, new Uint8Array(Float64Array.from(parameters).buffer));
    await conversation.ask({ type: "load" });
  };
  try {
    const opened = await conversation.ask({
      type: "open",
      program: name,
      network: {
        layerSizes: [...network.layerSizes],
        hiddenActivation: network.hiddenActivation,
        outputLoss: network.outputLoss,
      },
      data: {
        ...dataset.files ?? writeData(folder, dataset),
        examples: dataset.count,
        features: dataset.features,
        classes: dataset.classes,
      },
      batchSize: maxBatchSize,
      threads,
      files,
    });
    const { assumed, returnsLoss, derives, withoutBiases, threadsUsed } = opened;
    const { loadedRssBytes, openedRssBytes } = opened;
    return {
      mode: "async",
      layout,
      parameters,
      gradient,
      ...known({ assumed, returnsLoss, derives, withoutBiases, threadsUsed }),
      push,
      async lossAndGradient(batch) {
        const { loss } = await conversation.ask({ type: "gradient", batch: [...batch] });
        return loss ?? NaN;
      },
      async pull() {
        rmSync(files.gradient, { force: true }); // an earlier gradient is no answer
        await conversation.ask({ type: "save" });
        read(files.parameters, parameters);
        read(files.gradient, gradient);
      },
      ...(locates && {
        async locate(batch, wanted) {
          const vectors = wanted.map((one) => Array.from(one));
          const asked = { type: "locate" as const, batch: [...batch], wanted: vectors };
          const { places } = await conversation.ask(asked);
          return places.map(({ file, line, source }) =>
            file === undefined || line === undefined ? undefined : known({ file, line, source })
          );
        },
      }),
      ...(steps && {
        epochs: {
          async arrange(order, batchSize) {
            writeShared(files.order, new Uint8Array(order.slice().buffer));
            await conversation.ask({ type: "arrange", batchSize });
          },
          async run(first, end, rate, times) {
            const asked = { type: "steps", first, end, rate, times } as const;
            return (await conversation.ask(asked)).loss ?? NaN;
          },
          ...(marksPhases && {
            async phased(first, end, rate) {
              const asked = { type: "steps", first, end, rate, times: 1, phases: true } as const;
              const { phases = {}, markNs = 0 } = await conversation.ask(asked);
              return { phases, markNs };
            },
          }),
        },
      }),
      process: {
        loadedRssBytes,
        openedRssBytes,
        async usage() {
          const { type: _, ...usage } = await conversation.ask({ type: "usage" });
          return usage;
        },
        ...(takesProfiles && { profiler: profilerOf(conversation, join(folder, "cpuprofile")) }),
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

const profilerOf = (conversation: Conversation, file: string): RemoteProfiler => ({
  async start(intervalUs) {
    await conversation.ask({ type: "startProfile", intervalUs });
  },
  async stop() {
    await conversation.ask({ type: "stopProfile", file });
    return JSON.parse(new TextDecoder().decode(readShared(file)));
  },
});

function writeData(folder: string, { pixels, labels }: Problem["dataset"]) {
  const files = { pixels: join(folder, "rows.pixels"), labels: join(folder, "rows.labels") };
  writeShared(files.pixels, pixels);
  writeShared(files.labels, labels);
  return files;
}
