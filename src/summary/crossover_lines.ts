import type { CrossoverAxis } from "../format/crossover_axes.ts";
import type { Cell } from "../format/trial_record.ts";
import { settingKey } from "./axes.ts";

/** A cell that may be chosen, and its total. */
export interface Placed {
  readonly cell: Cell;
  readonly totalNs: number;
  /** Equal for the same network, rate and minibatch size, or "full". */
  readonly setting: string;
}

/** What is chosen. */
export const programKey = ({ cell }: Placed): string =>
  [cell.implementation, cell.runtime, cell.threads, cell.ranks ?? ""].join("|");

/** The place of a cell on an axis; undefined where it has none. */
export function placeOn(axis: CrossoverAxis, cell: Cell): number | undefined {
  switch (axis) {
    case "examples":
      return cell.examples;
    case "batch":
      return cell.batchSize;
    case "width": {
      const hidden = new Set(cell.layerSizes.slice(1, -1));
      return hidden.size === 1 ? [...hidden][0] : undefined;
    }
  }
}

/** The same cell at another place of an axis. */
export function movedTo(axis: CrossoverAxis, cell: Cell, x: number): Cell {
  switch (axis) {
    case "examples":
      return { ...cell, examples: x, batchSize: isFull(cell) ? x : cell.batchSize };
    case "batch":
      return { ...cell, batchSize: x };
    case "width": {
      const last = cell.layerSizes.length - 1;
      return {
        ...cell,
        layerSizes: cell.layerSizes.map((size, l) => l === 0 || l === last ? size : x),
      };
    }
  }
}

const isFull = ({ batchSize, examples }: Cell): boolean => batchSize === examples;

/** What may be chosen, by its place on an axis, ascending. */
type Line<T> = ReadonlyMap<number, readonly T[]>;

/** The candidates by their place on the axis, ascending, for all that differ in nothing else but the program. */
export function linesAlong<T extends Placed>(
  candidates: readonly T[],
  axis: CrossoverAxis,
): Line<T>[] {
  const placed = candidates.flatMap((candidate) => {
    const { cell } = candidate;
    const x = placeOn(axis, cell);
    if (x === undefined) return [];
    // All cells of a line are equal when moved to one place. "full" along m is a line of its own.
    const { seed, examples, batchSize, ...same } = movedTo(axis, cell, 1);
    const batch = axis === "examples" ? candidate.setting : batchSize;
    return [{ candidate, x, key: [settingKey(same), examples, batch, seed].join("|") }];
  });
  return [...Map.groupBy(placed, ({ key }) => key).values()].map((line) =>
    new Map(
      [...Map.groupBy(line, ({ x }) => x)].sort(([a], [b]) => a - b)
        .map(([x, there]) => [x, there.map(({ candidate }) => candidate)]),
    )
  );
}

/** The fastest at each place where there are several to choose from. */
export const fastestAlong = <T extends Placed>(line: Line<T>): T[] =>
  [...line.values()].filter(({ length }) => length > 1).map((there) =>
    there.reduce((a, b) => b.totalNs < a.totalNs ? b : a)
  );
