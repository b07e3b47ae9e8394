import type { Crossover } from "../format/crossover.ts";
import { CROSSOVER_AXES, type CrossoverAxis } from "../format/crossover_axes.ts";
import type { Candidate } from "./choose.ts";
import { pairedLogRatios } from "../stats/ratio.ts";
import { mean, studentQuantile, sumOf, variance } from "../stats/statistics.ts";
import { CONFIDENCE } from "../stats/trial_samples.ts";
import { fastestAlong, linesAlong, type Placed, programKey } from "./crossover_lines.ts";
import { readPairs, type Side } from "./read_pairs.ts";

/** Two programs at one place of an axis, and how they compare there. */
interface Meeting {
  readonly x: number;
  readonly below: Contender;
  readonly above: Contender;
}

/** Programs that change places as the fastest along one line of cells. */
interface Change {
  readonly axis: CrossoverAxis;
  /** Ascending; wherever both were measured. */
  readonly meetings: readonly Meeting[];
}

type Contender = Placed & Pick<Candidate, "inAll">;

/**
 * Where, along m, B or the width of the hidden layers, another program becomes the fastest by its total. Told only where
 * each of the two is proved faster on its side, all pairs judged as one family. Within those places the interval is
 * narrowed (`narrowed`), and `at` is interpolated between logarithms: where the ratio of the two totals is 1.
 */
export function crossoversOf(candidates: readonly Candidate[], noiseFloor: number): Crossover[] {
  const contenders = candidates.map((
    { summary: { cell }, total: { totalNs }, setting, inAll },
  ) => ({
    cell,
    totalNs,
    setting,
    inAll,
  }));
  const changes = CROSSOVER_AXES.flatMap((axis) =>
    linesAlong(contenders, axis).flatMap((line) => changesIn(line, axis))
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
    const inside = narrowed(meetings.slice(low, high + 1));
    const [first, last] = [inside[0], inside[inside.length - 1]];
    return [{
      axis,
      below: programOf(first.below),
      above: programOf(first.above),
      at: meetingPoint(inside),
      low: first.x,
      high: last.x,
      cell: first.below.cell,
    }];
  });
}

/**
 * The stretch within these places, at whose ends each program is known to be faster, that ends where 95 % intervals of
 * single ratios exclude 1. They hold together for all places (Bonferroni), with a scatter pooled over them. The ends are
 * kept where a single round shows no scatter.
 */
function narrowed(meetings: readonly Meeting[]): readonly Meeting[] {
  const ratios = meetings.map(({ below, above }) =>
    pairedLogRatios(below.inAll.steady, above.inAll.steady)
  );
  const degrees = sumOf(ratios, ({ length }) => Math.max(0, length - 1));
  if (degrees < 1) return meetings;
  const scatter = sumOf(
    ratios,
    (logs) => logs.length > 1 ? (logs.length - 1) * variance(logs) / degrees : 0,
  );
  const quantile = studentQuantile(1 - (1 - CONFIDENCE) / (2 * meetings.length), degrees);
  const sides = ratios.map((logs) => {
    if (logs.length === 0) return 0;
    const middle = mean(logs);
    return Math.abs(middle) > quantile * Math.sqrt(scatter / logs.length) ? Math.sign(middle) : 0;
  });
  // The ends are known to be faster by a rule that is stricter.
  const high = sides.findIndex((side, i) => i > 0 && (side < 0 || i === sides.length - 1));
  const low = Math.max(0, sides.slice(0, high).lastIndexOf(1));
  return meetings.slice(low, high + 1);
}

/** Each pair of programs once that follow each other as the fastest, with all places where both are. */
function changesIn(
  line: ReadonlyMap<number, readonly Contender[]>,
  axis: CrossoverAxis,
): Change[] {
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
  const ratios = meetings.map(({ below, above }) => Math.log(above.totalNs / below.totalNs));
  const next = Math.max(1, ratios.findIndex((ratio) => ratio <= 0));
  const [a, b] = [next - 1, next];
  const share = Math.min(1, Math.max(0, ratios[a] / (ratios[a] - ratios[b])));
  return meetings[a].x * (meetings[b].x / meetings[a].x) ** share;
}

const programOf = ({ cell }: Placed): Crossover["below"] => ({
  implementation: cell.implementation,
  runtime: cell.runtime,
  threads: cell.threads,
  ...(cell.ranks !== undefined && { ranks: cell.ranks }),
});
