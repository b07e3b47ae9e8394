import { type Crossover, CROSSOVER_AXES, type CrossoverAxis } from "../format/crossover.ts";
import type { Cell } from "../format/trial_record.ts";
import type { Candidate } from "./choose.ts";
import { settingKey } from "./axes.ts";
import { readPairs, type Side } from "./read_pairs.ts";

/** Two programs at one place of an axis, and how they compare there. */
interface Meeting {
  readonly x: number;
  readonly below: Candidate;
  readonly above: Candidate;
}

/** Programs that change places as the fastest along one line of cells. */
interface Change {
  readonly axis: CrossoverAxis;
  /** Ascending; wherever both were measured. */
  readonly meetings: readonly Meeting[];
}

/** Two neighbouring places of an axis between which another program becomes the fastest. */
export interface Bracket {
  readonly axis: CrossoverAxis;
  readonly from: Candidate;
  readonly to: Candidate;
}

/**
 * Where, along m, B or the width of the hidden layers, another program becomes the fastest by its total. Told only where
 * each of the two is known to be faster on its side: those ends are the interval. All pairs are judged as one family.
 * Within it, `at` is interpolated between logarithms: where the ratio of the two totals is 1.
 */
export function crossoversOf(candidates: readonly Candidate[], noiseFloor: number): Crossover[] {
  const changes = CROSSOVER_AXES.flatMap((axis) =>
    linesAlong(candidates, axis).flatMap((line) => changesIn(line, axis))
  );
  const read = readPairs(
    changes.flatMap(({ meetings }) =>
      meetings.map(({ below, above }): [Side, Side] => [below.inAll, above.inAll])
    ),
    noiseFloor,
  );
  return changes.flatMap(({ axis, meetings }): Crossover[] => {
    const verdicts = meetings.map(({ below, above }) => read(below.inAll, above.inAll).verdict);
    const high = verdicts.indexOf("faster");
    const low = verdicts.slice(0, Math.max(0, high)).lastIndexOf("slower");
    if (low < 0) return [];
    const { below, above, x } = meetings[low];
    return [{
      axis,
      below: programOf(below),
      above: programOf(above),
      at: meetingPoint(meetings.slice(low, high + 1)),
      low: x,
      high: meetings[high].x,
      cell: below.summary.cell,
    }];
  });
}

/** The places between which the fastest changes along this axis, whether or not that is known for certain. */
export const bracketsAlong = (candidates: readonly Candidate[], axis: CrossoverAxis): Bracket[] =>
  linesAlong(candidates, axis).flatMap((line) => {
    const fastest = fastestAlong(line);
    return fastest.slice(1).flatMap((to, i): Bracket[] =>
      programKey(fastest[i]) === programKey(to) ? [] : [{ axis, from: fastest[i], to }]
    );
  });

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

type Line = ReadonlyMap<number, readonly Candidate[]>;

/** The candidates by their place on the axis, ascending, for all that differ in nothing else but the program. */
function linesAlong(candidates: readonly Candidate[], axis: CrossoverAxis): Line[] {
  const placed = candidates.flatMap((candidate) => {
    const { cell } = candidate.summary;
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
const fastestAlong = (line: Line): Candidate[] =>
  [...line.values()].filter(({ length }) => length > 1).map((there) =>
    there.reduce((a, b) => b.total.totalNs < a.total.totalNs ? b : a)
  );

/** Each pair of programs once that follow each other as the fastest, with all places where both are. */
function changesIn(line: Line, axis: CrossoverAxis): Change[] {
  const fastest = fastestAlong(line).map(programKey);
  const pairs = new Set(
    fastest.slice(1).flatMap((above, i) => above === fastest[i] ? [] : [`${fastest[i]}\n${above}`]),
  );
  return [...pairs].map((pair) => {
    const [one, other] = pair.split("\n");
    const meetings = [...line].flatMap(([x, there]): Meeting[] => {
      const [below, above] = [one, other].map((key) =>
        there.find((candidate) => programKey(candidate) === key)
      );
      return below && above ? [{ x, below, above }] : [];
    });
    return { axis, meetings };
  });
}

/** Where the totals are equal: on the line between the last place of the lower program and the next. */
function meetingPoint(meetings: readonly Meeting[]): number {
  const ratios = meetings.map(({ below, above }) =>
    Math.log(above.total.totalNs / below.total.totalNs)
  );
  const next = Math.max(1, ratios.findIndex((ratio) => ratio <= 0));
  const [a, b] = [next - 1, next];
  const share = Math.min(1, Math.max(0, ratios[a] / (ratios[a] - ratios[b])));
  return meetings[a].x * (meetings[b].x / meetings[a].x) ** share;
}

const programOf = ({ summary: { cell } }: Candidate): Crossover["below"] => ({
  implementation: cell.implementation,
  runtime: cell.runtime,
  threads: cell.threads,
});

const programKey = (candidate: Candidate): string => Object.values(programOf(candidate)).join("|");
