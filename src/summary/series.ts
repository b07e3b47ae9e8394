import { known } from "../base/known.ts";
import type { Plan } from "../format/plan.ts";
import type { Cell, Device } from "../format/trial_record.ts";
import type { Series } from "../format/summary.ts";
import { axesOfCells, axisParts, settingKey } from "./axes.ts";

/**
 * The order of cells in every list: by implementation (peers last), runtime, threads, ranks, network, rate and batch as the
 * plan names them, by machine, then by m and seed. What the plan does not name comes last.
 */
export function compareCells(plan: Plan): (a: Cell, b: Cell) => number {
  const batches = plan.batchSizes.map(String);
  const names = [...plan.implementations, ...plan.peers];
  // Values between those of the plan belong between them.
  const isBisected = plan.crossover !== undefined;
  const [layers, rates] = [plan.layers.map(String), plan.rates.map(String)];
  return (a, b) =>
    byPlace(names, a.implementation, b.implementation) ||
    byPlace(plan.runtimes, a.runtime, b.runtime) ||
    a.threads - b.threads ||
    (a.ranks ?? 0) - (b.ranks ?? 0) ||
    (isBisected ? byNumbers(a.layerSizes, b.layerSizes) : 0) ||
    byPlace(layers, String(a.layerSizes), String(b.layerSizes)) ||
    byPlace(plan.hiddenActivations, a.hiddenActivation, b.hiddenActivation) ||
    byPlace(plan.outputLosses, a.outputLoss, b.outputLoss) ||
    byPlace(rates, String(a.rate), String(b.rate)) ||
    (isBisected ? a.batchSize - b.batchSize : 0) ||
    byPlace(batches, batchOf(a, plan), batchOf(b, plan)) ||
    byPlace([], a.machine ?? "", b.machine ?? "") ||
    a.examples - b.examples || a.seed - b.seed || byPlace(COPIES, a.copy ?? "", b.copy ?? "");
}

/** A cell comes before its copies. */
const COPIES = ["", "twin", "reference"];

/**
 * The series of `cells`, which are in the order of `compareCells`, and the index of each cell's series. A label names
 * the implementation, and runtime, threads, ranks, network, rate and batch only where they differ; the single thread of an
 * implementation that had no other count is not named. A device in software always is. Threads are those that ran,
 * `threadsOf`: a minibatch may be too small to share out.
 */
export function seriesOf(
  cells: readonly Cell[],
  plan: Plan,
  deviceOf: (cell: Cell) => Device | undefined = () => undefined,
  threadsOf: (cell: Cell) => number = ({ threads }) => threads,
): { series: Series[]; indexOf: (cell: Cell) => number } {
  const several = (values: (string | number)[]) => new Set(values).size > 1;
  // A peer has a single runtime, which its name implies.
  const runtimes = several(
    cells.filter((cell) => !plan.peers.includes(cell.implementation)).map(({ runtime }) => runtime),
  );
  const threadsDiffer = several(cells.map(threadsOf));
  const hasSeveralThreads = (name: string) =>
    several(cells.filter((cell) => cell.implementation === name).map(threadsOf));
  const hasSeveralRanks = (name: string) =>
    several(cells.filter((cell) => cell.implementation === name).map(({ ranks = 1 }) => ranks));
  const usedBySeries = Map.groupBy(cells, (cell) => seriesKey(cell, plan));
  const axes = axesOfCells(cells);
  const batches = several(cells.map((cell) => batchOf(cell, plan)));
  const found = new Map<string, Series>();
  for (const cell of cells) {
    const { implementation, runtime, threads, ranks = 1 } = cell;
    const { layerSizes, hiddenActivation, outputLoss, rate } = cell;
    const isPeer = plan.peers.includes(implementation);
    const used = usedBySeries.get(seriesKey(cell, plan))!.map(threadsOf);
    const threadsUsed = Math.max(...used);
    const namesThreads = threadsDiffer && (threadsUsed > 1 || hasSeveralThreads(implementation));
    const batch = batchOf(cell, plan);
    const device = deviceOf(cell);
    const label = [
      device?.software ? `${implementation} (software)` : implementation,
      ...(runtimes && !isPeer ? [runtime] : []),
      ...(namesThreads ? [threadsText(threadsUsed, several(used))] : []),
      ...(ranks > 1 || hasSeveralRanks(implementation) ? [ranksText(ranks)] : []),
      ...axisParts(cell, axes),
      ...(batches ? [batch === "full" ? "full batch" : `B = ${batch}`] : []),
    ].join(" · ");
    const network = { layerSizes, hiddenActivation, outputLoss };
    const one = known({
      implementation,
      runtime,
      ...network,
      rate,
      machine: cell.machine,
      batch,
      threads,
      threadsUsed,
      ranks: cell.ranks,
      device,
      label,
    });
    found.set(seriesKey(cell, plan), one);
  }
  const places = new Map([...found.keys()].map((key, place) => [key, place]));
  return {
    series: [...found.values()],
    indexOf(cell) {
      const place = places.get(seriesKey(cell, plan));
      if (place === undefined) {
        throw new RangeError(`Cannot find the series of ${seriesKey(cell, plan)}`);
      }
      return place;
    },
  };
}

const threadsText = (threads: number, vary: boolean): string =>
  threads === 1 ? "1 thread" : `${vary ? "up to " : ""}${threads} threads`;

const ranksText = (ranks: number): string => ranks === 1 ? "1 rank" : `${ranks} ranks`;

const seriesKey = (cell: Cell, plan: Plan): string =>
  [
    cell.implementation,
    cell.runtime,
    cell.threads,
    cell.ranks ?? "",
    settingKey(cell),
    batchOf(cell, plan),
  ].join("|");

/** "full" for a batch that grows with the subset, unless a number of the plan gives the same cell. */
function batchOf(cell: Cell, plan: Plan): string {
  const full = plan.batchSizes.includes("full") && cell.batchSize === cell.examples &&
    !plan.batchSizes.includes(cell.batchSize);
  return full ? "full" : String(cell.batchSize);
}

/** By the first number that differs; of two lists that begin alike, the shorter comes first. */
function byNumbers(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((value, i) => value !== b[i]);
  return place < 0 ? a.length - b.length : a[place] - (b[place] ?? -Infinity);
}

/** By index in the list; names that are not in it come last, in alphabetical order. */
function byPlace(list: readonly string[], a: string, b: string): number {
  const place = (name: string) => list.includes(name) ? list.indexOf(name) : list.length;
  return place(a) - place(b) || (a < b ? -1 : a > b ? 1 : 0);
}
