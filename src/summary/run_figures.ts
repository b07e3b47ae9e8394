import { sumOf } from "../stats/statistics.ts";
import type { CellSummary, Summary } from "../format/summary.ts";
import { axesOfCells } from "./axes.ts";
import { trafficPerEpoch } from "../model/traffic.ts";

/** Interference over all samples; undefined where no trial recorded any. */
export function contentionOf(cells: readonly CellSummary[]): Summary["contention"] {
  const found = cells.flatMap(({ disturbance }) => disturbance ?? []);
  if (found.length === 0) return undefined;
  const samples = sumOf(found, (one) => one.samples);
  return {
    samples,
    setAside: sumOf(found, (one) => one.setAside),
    waitedShare: sumOf(found, (one) => one.waitedShare * one.samples) / samples,
  };
}

/** The m at which a dense working set fills each cache; none with several networks, which need one each. */
export function cacheLimitsOf(
  cells: readonly CellSummary[],
  { cachesBytes }: Summary["environment"],
): Summary["cacheLimits"] {
  const [first] = cells;
  if (first === undefined || axesOfCells(cells.map(({ cell }) => cell)).layerSizes) return [];
  const { cell } = first;
  const { examples, heldBytes } = trafficPerEpoch({ ...cell, network: cell });
  return (["l1d", "l2", "l3"] as const).flatMap((level) => {
    const bytes = cachesBytes[level];
    if (bytes === undefined || bytes <= heldBytes) return [];
    return [{ level, bytes, examples: (bytes - heldBytes) / (examples / cell.examples) }];
  });
}

/** Epochs at the largest m that no other beats in both training time and accuracy, the fastest first. */
export function accuracyFrontOf(cells: readonly CellSummary[]): Summary["accuracyFront"] {
  const largest = Math.max(...cells.map(({ cell }) => cell.examples));
  const epochs = cells.filter(({ cell }) => cell.examples === largest)
    .flatMap(({ epochs }) => epochs)
    .filter(({ cumulativeTrainNs }) => cumulativeTrainNs > 0)
    .sort((a, b) => a.cumulativeTrainNs - b.cumulativeTrainNs || b.testAccuracy - a.testAccuracy);
  const front: Summary["accuracyFront"] = [];
  for (const { cumulativeTrainNs, testAccuracy } of epochs) {
    if (testAccuracy > (front.at(-1)?.testAccuracy ?? -1)) {
      front.push({ trainNs: cumulativeTrainNs, testAccuracy });
    }
  }
  return front;
}
