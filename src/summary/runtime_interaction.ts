import type { RuntimeInteraction, Series } from "../format/summary.ts";
import { blockScatter } from "../stats/block_scatter.ts";
import { logTime } from "../stats/log_time.ts";
import { pool } from "../stats/moderate.ts";
import { betaTail, mean, studentTail, sumOf } from "../stats/statistics.ts";
import type { Analysed } from "./analyse.ts";
import { problemKey } from "./problem_key.ts";

const LEVEL = 0.05;

/**
 * Whether the runtime changes which program is faster: an analysis of variance of ln time with the factors program and
 * runtime, their interaction, and rounds as blocks (Montgomery, Design and Analysis of Experiments, 8th edition, 2013,
 * chapter 5). It takes the largest problem that most programs share in several runtimes, and of the programs those that
 * have all of them, on one number of threads. Over several nodes these are the blocks. Undefined with fewer than two
 * programs, runtimes or blocks.
 */
export function runtimeInteractionOf(
  cells: readonly Analysed[],
  series: readonly Series[],
): RuntimeInteraction | undefined {
  const problems = [...Map.groupBy(cells, ({ summary }) => problemKey(summary.cell)).values()];
  const tables = problems.flatMap((of) => tableOf(of, series) ?? []);
  const largest = tables.toSorted((a, b) =>
    b.programs.length - a.programs.length ||
    b.cells[0].summary.cell.examples - a.cells[0].summary.cell.examples
  )[0];
  return largest && analysisOf(largest);
}

interface Table {
  readonly programs: readonly string[];
  readonly runtimes: readonly string[];
  /** (programs × runtimes) row by row. */
  readonly cells: readonly Analysed[];
}

function tableOf(cells: readonly Analysed[], series: readonly Series[]): Table | undefined {
  const one = cells.filter(({ steady }) => steady.length > 1);
  const find = (program: string, runtime: string) =>
    one.find(({ summary: { cell } }) =>
      cell.implementation === program && cell.runtime === runtime
    );
  const runtimes = [...new Set(series.map(({ runtime }) => runtime))]
    .filter((runtime) =>
      one.filter(({ summary: { cell } }) => cell.runtime === runtime).length > 1
    );
  const programs = [...new Set(one.map(({ summary }) => summary.cell.implementation))]
    .filter((program) => runtimes.every((runtime) => find(program, runtime)));
  if (programs.length < 2 || runtimes.length < 2) return undefined;
  const all = programs.flatMap((program) => runtimes.map((runtime) => find(program, runtime)!));
  return { programs, runtimes, cells: all };
}

function analysisOf({ programs, runtimes, cells }: Table): RuntimeInteraction {
  const [p, r] = [programs.length, runtimes.length];
  const at = (i: number, j: number) => logs[i * r + j];
  const logs = cells.map(({ steady }) => logTime(steady).value);
  const ofProgram = programs.map((_, i) => mean(runtimes.map((_, j) => at(i, j))));
  const ofRuntime = runtimes.map((_, j) => mean(programs.map((_, i) => at(i, j))));
  const all = mean(logs);
  const effects = logs.map((log, k) => log - ofProgram[Math.floor(k / r)] - ofRuntime[k % r] + all);

  const scatter = blockScatter(
    cells.map(({ steady }) => steady),
    cells.map(({ series }) => series),
  );
  const { variance } = pool(scatter.spreads);
  const rounds = Math.min(...cells.map(({ steady }) => steady.length));
  const degrees: [number, number] = [(p - 1) * (r - 1), scatter.degrees];
  const squares = rounds * sumOf(effects, (effect) => effect ** 2);
  // P(F > f) = P(Beta(d₁ / 2, d₂ / 2) > d₁ f / (d₁ f + d₂)), where d₁ f is this.
  const scaled = squares / variance;
  const pValue = variance === 0
    ? 0
    : betaTail(scaled / (scaled + degrees[1]), degrees[0] / 2, degrees[1] / 2);

  const error = Math.sqrt(2 * variance / rounds);
  const winners = runtimes.map((_, j) =>
    programs.reduce((best, _, i) => at(i, j) < at(best, j) ? i : best, 0)
  );
  /** Whether the winner of one runtime is certainly slower than that of the other there. */
  const loses = (own: number, other: number) => {
    const apart = at(winners[own], other) - at(winners[other], other);
    return apart > 0 && studentTail(apart / error, degrees[1]) < LEVEL;
  };
  const changes = runtimes.some((_, a) => runtimes.some((_, b) => loses(a, b) && loses(b, a)));
  const greatest = effects.reduce(
    (most, one, k) => Math.abs(one) > Math.abs(effects[most]) ? k : most,
    0,
  );
  const { examples, batchSize, seed } = cells[0].summary.cell;
  return {
    examples,
    batchSize,
    seed,
    programs: [...programs],
    f: variance === 0 ? 0 : scaled / degrees[0],
    degrees,
    pValue,
    greatest: {
      implementation: programs[Math.floor(greatest / r)],
      runtime: runtimes[greatest % r],
      factor: Math.exp(effects[greatest]),
    },
    winners: runtimes.map((runtime, j) => ({
      runtime,
      series: cells[winners[j] * r + j].series,
    })),
    verdict: pValue >= LEVEL ? "none" : changes ? "winner" : "ratios",
  };
}
