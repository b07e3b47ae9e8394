import type { BackEnd } from "../gradients/contract.ts";
import { flopPerExample, flopPerUpdate, flopSkippingZeros } from "../model/flop.ts";
import { trafficPerEpoch } from "../model/traffic.ts";
import type { RunFile } from "../format/plan.ts";
import type { Roof, Roofline } from "../format/roofline.ts";
import { arithmeticCeiling, readCeiling } from "./find_ceiling.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";

/**
 * The roofline of a cell (Williams, Waterman, Patterson, Communications of the ACM 52(4), 2009, p. 65): the attainable
 * rate is the lower of the arithmetic ceiling and bandwidth · intensity. Reads from caches and from memory have
 * separate bandwidths. All three are assumed to overlap, so that the ceiling is never too low. Undefined for runs that
 * do not say how much work was done.
 */
export function rooflineOf(
  run: RunFile,
  trials: readonly Pick<TrialRecord, "cell" | "threadsUsed" | "device">[],
  nsPerEpoch: number,
): Roofline | undefined {
  const { cell } = trials[0];
  const { examples, batchSize } = cell;
  const described = run.implementations?.find(({ name }) => name === cell.implementation);
  if (described === undefined) return undefined;
  const nonZeroPixels = pixelsComputed(run, cell);
  if (nonZeroPixels === "unknown") return undefined;

  const gradientFlop = nonZeroPixels === undefined
    ? examples * flopPerExample(cell).total
    : flopSkippingZeros(cell, examples, nonZeroPixels);
  const flop = gradientFlop + Math.ceil(examples / batchSize) * flopPerUpdate(cell);
  const traffic = trafficPerEpoch({ ...cell, network: cell, nonZeroPixels });
  const bytes = traffic.examples + traffic.parameters;
  const flopPerSecond = flop / (nsPerEpoch * 1e-9);

  const isOnDevice = trials.some(({ device }) => device !== undefined);
  const backEnd = isOnDevice ? "gpu" : described.backEnd;
  const threads = Math.max(...trials.map(({ threadsUsed }) => threadsUsed ?? cell.threads)) *
    (cell.ranks ?? 1);
  const ceilings = run.ceilings ?? [];
  const compute = arithmeticCeiling(ceilings, { runtime: cell.runtime, threads, backEnd });

  // An epoch reads its data again from wherever the whole subset fits; a step reads the parameters again from
  // wherever they and a minibatch fit.
  const minibatchBytes = traffic.examples * batchSize / examples;
  const seconds = { compute: flop / (compute ?? Infinity), cache: 0, memory: 0 };
  for (
    const [moved, kept] of [
      [traffic.examples, traffic.examples + traffic.heldBytes],
      [traffic.parameters, traffic.heldBytes + minibatchBytes],
    ]
  ) {
    const read = readCeiling(ceilings, kept, threads, backEnd);
    if (read) seconds[read.isLargest ? "memory" : "cache"] += moved / read.bytesPerSecond;
  }
  const bound = (["compute", "cache", "memory"] as const)
    .reduce((a, b) => seconds[b] > seconds[a] ? b : a);
  return {
    flopDonePerEpoch: flop,
    flopDonePerSecond: flopPerSecond,
    bytesPerEpoch: bytes,
    flopPerByte: flop / bytes,
    ...(compute !== undefined && backEnd !== "gpu" && {
      ceiling: {
        flopPerSecond: flop / seconds[bound],
        share: flopPerSecond * seconds[bound] / flop,
        bound,
        ...(backEnd !== undefined && { backEnd }),
        threads,
      },
    }),
  };
}

/**
 * The non-zero pixels of a cell's subset, if its implementation skips the others; undefined if it does not, "unknown"
 * if the run has not counted them.
 */
export function pixelsComputed(run: RunFile, cell: Cell): number | undefined | "unknown" {
  const described = run.implementations?.find(({ name }) => name === cell.implementation);
  if (described?.skipsZeroPixels !== true) return undefined;
  return run.nonZeroPixels?.find(({ seed, examples }) =>
    seed === cell.seed && examples === cell.examples
  )?.count ?? "unknown";
}

export const BACK_END_NAMES: Record<Exclude<BackEnd, "gpu">, string> = {
  javascript: "JavaScript",
  wasm: "WebAssembly",
  blas: "BLAS",
  native: "C",
};

/**
 * The roofs over these cells: for every back end and thread count that occurs, the highest arithmetic rate of any
 * runtime; and the bandwidths of one thread.
 */
export function roofsOf(
  run: RunFile,
  cells: readonly { readonly roofline?: Roofline | undefined }[],
): Roof[] {
  const ceilings = run.ceilings ?? [];
  const roofs: Roof[] = [];
  const used = cells.flatMap(({ roofline }) => roofline?.ceiling ?? []);
  for (const backEnd of ["javascript", "wasm", "blas", "native"] as const) {
    const counts = used.filter((one) => one.backEnd === backEnd).map(({ threads }) => threads);
    for (const threads of [...new Set(counts)].sort((a, b) => a - b)) {
      const rates = ceilings.flatMap(({ runtime }) =>
        arithmeticCeiling(ceilings, { runtime, threads, backEnd }) ?? []
      );
      const label = `${BACK_END_NAMES[backEnd]}, ${threads} thread${threads === 1 ? "" : "s"}`;
      roofs.push({ kind: "compute", label, flopPerSecond: Math.max(...rates) });
    }
  }
  const sizes = [...new Set(ceilings.flatMap(({ reads }) => reads.map((one) => one.bufferBytes)))]
    .sort((a, b) => a - b);
  for (const bytes of sizes) {
    const read = readCeiling(ceilings, bytes, 1);
    const label = placeOf(bytes, read?.isLargest ?? false, run);
    if (read) roofs.push({ kind: "bandwidth", label, bytesPerSecond: read.bytesPerSecond });
  }
  return roofs;
}

/** Where a buffer of this size lies, as far as cache sizes are known. */
function placeOf(
  bytes: number,
  isLargest: boolean,
  { environment: { cachesBytes: { l2, l3 } } }: RunFile,
): string {
  if (isLargest) return l3 !== undefined && bytes <= l3 ? "memory (or L3)" : "memory";
  if (l2 === undefined) return "cache";
  return bytes <= l2 ? "L2 cache" : "L3 cache";
}
