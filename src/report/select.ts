import type { Choice } from "../format/choice.ts";
import type { Summary } from "../format/summary.ts";
import type { Cell } from "../format/trial_record.ts";
import { choiceKey, settingKey } from "../summary/axes.ts";
import { compareCells } from "../summary/series.ts";
import { trialKey } from "./page/raw_run.ts";

/** Every series at every seed that has cells: a row of a table, a line of a plot. Cells are by ascending m. */
export const linesOf = ({ cells, series, plan }: Summary) =>
  series.flatMap(({ label }, index) =>
    plan.seeds.map((seed) => ({
      series: index,
      seed,
      label: plan.seeds.length > 1 ? `${label} · seed ${seed}` : label,
      cells: cells.filter((cell) => cell.series === index && cell.cell.seed === seed)
        .toSorted((a, b) => a.cell.examples - b.cell.examples),
    }))
  ).filter((line) => line.cells.length > 0);

/** The series of a cell; undefined where it gave no figure. */
export const seriesOfCell = ({ series }: Summary, cell: Cell) =>
  [String(cell.batchSize), "full"].flatMap((batch) =>
    series.filter((one) =>
      one.implementation === cell.implementation && one.runtime === cell.runtime &&
      one.threads === cell.threads && one.ranks === cell.ranks && one.batch === batch &&
      settingKey(one) === settingKey(cell)
    )
  ).at(0);

/** The label of a series, and who else ran its code: "wasm_sparse (= wasm_threads)", with threads where those differ. */
export function labelWithSame(
  { series }: Pick<Summary, "series">,
  place: number,
  label = series[place].label,
): string {
  const { sameCode = [] } = series[place];
  const names = sameCode.map((name) =>
    series.some(({ implementation }) => implementation === name) ? `${name} · 1 thread` : name
  );
  return names.length === 0 ? label : `${label} (= ${names.join(", ")})`;
}

/** The same beside others of its setting: without the setting, unless the program has several series there. */
export function labelInSetting(summary: Pick<Summary, "series">, place: number): string {
  const { series } = summary;
  const own = series[place];
  const isOnly = new Set(series.map(choiceKey)).size === 1;
  const alike = series.filter((one) =>
    one.implementation === own.implementation && choiceKey(one) === choiceKey(own)
  );
  return labelWithSame(
    summary,
    place,
    isOnly || alike.length > 1 ? own.label : own.implementation,
  );
}

/** The subset sizes that were measured, ascending. */
export function sizesOf({ cells }: Summary): number[] {
  return [...new Set(cells.map(({ cell }) => cell.examples))].sort((a, b) => a - b);
}

/** The largest size that was measured. */
export const largestSize = (summary: Summary): number => sizesOf(summary).at(-1) ?? 0;

/** The largest size at which every line has a cell; without one, the largest of all. */
export function largestCommonSize(summary: Summary): number {
  const lines = linesOf(summary);
  return sizesOf(summary).findLast((size) =>
    lines.every((line) => line.cells.some(({ cell }) => cell.examples === size))
  ) ?? largestSize(summary);
}

/** Each line with its cell at the largest size that was measured; lines without one are left out. */
export function atLargestSize(summary: Summary) {
  const size = largestSize(summary);
  return linesOf(summary).flatMap((line) => {
    const cell = line.cells.find(({ cell }) => cell.examples === size);
    return cell ? [{ line, cell }] : [];
  });
}

/** The choices at the first seed by size, a list for each setting (network, rate, B) in the order of the plan. */
export function choicesBySetting({ choices, series, plan, cells }: Summary): Choice[][] {
  const ofSeed = choices.filter(({ seed }) => seed === plan.seeds[0])
    .toSorted((a, b) => a.examples - b.examples);
  // In an unfinished run, the series may stand in any order.
  const compare = compareCells(plan);
  const settingOf = ([choice]: readonly Choice[]): Cell | undefined => {
    const own = cells.find((one) => one.series === choice.series);
    return own &&
      { ...own.cell, implementation: "", runtime: "deno", threads: 1, ranks: 1, seed: 1 };
  };
  return [...Map.groupBy(ofSeed, (choice) => choiceKey(series[choice.series])).values()]
    .sort((a, b) => {
      const [one, other] = [settingOf(a), settingOf(b)];
      return one && other ? compare(one, other) : 0;
    });
}

/** The choice at the largest size, for the first setting and seed. */
export const firstChoice = (summary: Summary): Choice | undefined =>
  choicesBySetting(summary)[0]?.at(-1);

/** The size of the answer: the largest at which there is a choice. */
export const answerSize = (summary: Summary): number =>
  firstChoice(summary)?.examples ?? largestSize(summary);

/** The series to choose there. */
export const chosenSeries = (summary: Summary): number | undefined => firstChoice(summary)?.series;

/** How many samples at the start of a trial are warm-up and left out, by `trialKey`. */
export const warmupsOf = ({ cells, copies }: Summary): ReadonlyMap<string, number> =>
  new Map(
    [...cells, ...copies].flatMap(({ cell, warmups }) =>
      warmups.map(({ round, samples }) => [trialKey({ cell, round }), samples] as const)
    ),
  );

/** A plot names no more series than this. */
const MOST_NAMED = 8;

/**
 * The series that plots name: all of a few, else the choice, the baseline and the fastest at the largest size, those of
 * the choice's setting (network, rate, B) before others.
 */
export function namedSeries(summary: Summary): number[] {
  const { series, plan, cells } = summary;
  if (series.length <= MOST_NAMED) return [...series.keys()];
  const size = largestCommonSize(summary);
  const fastest = cells.filter(({ cell }) => cell.examples === size)
    .toSorted((a, b) => a.nsPerEpoch.value - b.nsPerEpoch.value);
  const chosen = chosenSeries(summary);
  const setting = choiceKey(series[chosen ?? 0]);
  const isHere = (one: number) => choiceKey(series[one]) === setting;
  const own = [...series.keys()].filter(isHere);
  const first = [
    ...(chosen === undefined ? [] : [chosen]),
    ...own.filter((one) => series[one].implementation === plan.baseline).slice(0, 1),
    ...fastest.map((cell) => cell.series).filter(isHere),
    ...own,
    ...fastest.map((cell) => cell.series),
    ...series.keys(),
  ];
  return [...new Set(first)].slice(0, MOST_NAMED).sort((a, b) => a - b);
}
