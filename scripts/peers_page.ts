import { accuraciesOf, type Aim, aimsOf } from "./peer_aims.ts";
import type { PeerRatio, RuntimeCost } from "./peer_ratios.ts";
import type { PeerSweep } from "./peer_sweeps.ts";
import type { CellSummary, Summary } from "../src/format/summary.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPercent,
  listed,
} from "../src/report/numbers.ts";
import { reasonsText } from "../src/report/reason_words.ts";

/** A sweep that was measured, and what follows from it. */
export interface MeasuredSweep {
  readonly sweep: PeerSweep;
  readonly summary: Summary;
  readonly ratios: readonly PeerRatio[];
  readonly costs: readonly (readonly RuntimeCost[])[];
}

/** In what each program does its arithmetic. */
const WRITTEN_IN: Readonly<Record<string, string>> = {
  native_sparse: "C",
  native_dense: "C",
  wasm_sparse: "WebAssembly",
  wasm_simd: "WebAssembly",
  blas_ffi: "WebAssembly and OpenBLAS",
  sparse_typed: "TypeScript",
  numpy_batch: "NumPy, float32",
  numpy_question: "NumPy, example by example",
  torch_autograd: "PyTorch",
  jax_js: "jax-js",
  scalar_autograd: "Python, number by number",
};

/** How ours and the peers compare, as Markdown: what was aimed at, what a runtime costs, the figures of every cell. */
export function peersPage(measured: readonly MeasuredSweep[]): string {
  return [
    "## What was aimed at",
    "",
    machineLine(measured),
    "",
    "Ratios are of ns per epoch, below 1 = ours is faster, with their intervals (rounds paired; all intervals of a " +
    "sweep together hold with 95 %). A ratio is reached if it is at most the one behind ≤.",
    "",
    ...measured.flatMap(ratioTables),
    ...aimTable(measured),
    "## What a runtime costs",
    "",
    "Time of each program, one thread, over that of the fastest in the same rounds; then its time per example, and " +
    "the share that it reaches of what bounds it on this machine (its own language's arithmetic, or the bandwidth of " +
    "caches or memory).",
    "",
    ...measured.flatMap(({ costs, summary }) =>
      costs.flatMap((group) => costTable(group, summary))
    ),
    "## Figures",
    "",
    ...measured.flatMap(({ sweep, summary }) => [
      `### ${sweep.heading}`,
      "",
      ...figures(summary),
      "",
    ]),
    ...versions(measured),
  ].join("\n");
}

function machineLine(measured: readonly MeasuredSweep[]): string {
  const [{ summary: { environment: { cpu, cores, runtimes } } }] = measured;
  // Peers may each have a Python of their own; which, their versions below tell.
  const ours = Object.entries(runtimes).filter(([name]) => name !== "python");
  const sweeps = measured.map(({ summary: { plan } }) => {
    const networks = listed(plan.layers.map((one) => one.join("-")));
    return `${networks} (m = ${plan.sizes.map(formatCount).join(", ")}; ${
      counted(plan.rounds, "round")
    })`;
  });
  return `${cores} cores of an ${cpu}; ${
    ours.map(([name, version]) => `${name} ${version}`).join(", ")
  }. ` +
    `Each of these is one interleaved sweep: ${sweeps.join("; ")}.`;
}

function ratioTables({ ratios }: MeasuredSweep): string[] {
  const problems = Map.groupBy(
    ratios,
    ({ layers, examples, seed }) => `${layers} ${examples} ${seed}`,
  );
  return [
    ...[...problems.values()].flatMap((entries) => [...ratioTable(entries), ""]),
    ...missing(ratios),
  ];
}

function ratioTable(entries: readonly PeerRatio[]): string[] {
  const { layers, examples, seed } = entries[0];
  const batches = [...new Set(entries.map(({ batchSize }) => batchSize))];
  const titles = [...new Set(entries.map(({ title }) => title))];
  return markdownTable(
    [
      `${layers.join("-")}, m = ${formatCount(examples)}, seed ${seed}`,
      ...batches.map((b) => `B = ${formatCount(b)}`),
    ],
    titles.map((title) => [
      title,
      ...batches.map((batch) => {
        const entry = entries.find((one) => one.title === title && one.batchSize === batch);
        return entry ? ratioText(entry) : "";
      }),
    ]),
  );
}

function ratioText({ ratio, target, reached, between, title }: PeerRatio): string {
  if (ratio === undefined) return "–";
  const value = formatInterval(ratio, (x) => formatNumber(x));
  return value +
    (target === undefined ? "" : ` (≤ ${target}: ${verdict(reached!, ratio.value / target)})`) +
    (title.includes("best of") ? `, ${between![0]}` : "");
}

/** `times`: the value over its aim, or the aim over it, whichever is above 1 where it is missed. */
const verdict = (reached: boolean, times: number): string =>
  reached
    ? "reached"
    : `not reached, by ${
      times < 1.05 ? formatPercent(times - 1) : `a factor of ${formatNumber(times)}`
    }`;

function missing(ratios: readonly PeerRatio[]): string[] {
  const lines = new Set(ratios.flatMap(({ missing }) => missing ? [missingLine(missing)] : []));
  return lines.size === 0 ? [] : [...lines, ""];
}

const missingLine = ({ names, reasons }: NonNullable<PeerRatio["missing"]>): string =>
  `- no figure of ${names.join(" or ")}: ` +
  (reasons === undefined ? "not part of this run" : reasonsText(reasons));

function aimTable(measured: readonly MeasuredSweep[]): string[] {
  const bySweep = (name: string) => measured.find(({ sweep }) => sweep.name === name)?.summary;
  const [narrow, seeds] = [bySweep("narrow"), bySweep("seeds")];
  const { accuracies, apart } = accuraciesOf(seeds ?? { cells: [] });
  const aims = [...narrow ? aimsOf(narrow) : [], ...apart ? [apart] : []];
  if (aims.length === 0) return [];
  const told = accuracies.map(({ implementation, mean }) =>
    `${implementation} ${formatPercent(mean)}`
  );
  return [
    ...markdownTable(
      ["native_sparse, 1 thread", "figure", "aim"],
      aims.map((aim) => [aim.what, aimValue(aim, aim.value), aimText(aim)]),
    ),
    "",
    ...(apart
      ? [
        `Accuracies after ${seeds!.plan.epochs} epochs at rate ${seeds!.plan.rates.join(", ")}: ${
          told.join(", ")
        }.`,
        "",
      ]
      : []),
  ];
}

const aimValue = ({ unit }: Aim, value: number): string =>
  unit === "ns"
    ? formatDuration(value)
    : unit === "share"
    ? formatPercent(value, 0)
    : `${formatNumber(value, 2)} points`;

function aimText(aim: Aim): string {
  const [sign, times] = aim.is === "at most"
    ? ["≤", aim.value / aim.aim]
    : ["≥", aim.aim / aim.value];
  return `${sign} ${aimValue(aim, aim.aim)}: ${verdict(aim.reached, times)}`;
}

function costTable(group: readonly RuntimeCost[], { cells }: Summary): string[] {
  const { layerSizes, examples, batchSize, seed } = group[0].cell;
  if (seed !== 1) return []; // other seeds are for accuracies
  const head = `${layerSizes.join("-")}, B = ${formatCount(batchSize)}, m = ${
    formatCount(examples)
  }`;
  return [
    ...markdownTable(
      [head, "written in", "× the fastest", "per example", "of its ceiling"],
      group.map(({ cell, ratio, nsPerExample }) => {
        const share = cells.find((one) => one.cell === cell || sameCell(one, cell))?.roofline
          ?.ceiling
          ?.share;
        return [
          cell.implementation,
          WRITTEN_IN[cell.implementation] ?? "",
          formatInterval(ratio, (x) => formatNumber(x)),
          formatDuration(nsPerExample),
          share === undefined ? "–" : formatPercent(share, share < 0.1 ? 1 : 0),
        ];
      }),
    ),
    "",
  ];
}

const sameCell = ({ cell }: CellSummary, other: RuntimeCost["cell"]): boolean =>
  JSON.stringify(cell) === JSON.stringify(other);

function figures({ cells, series }: Summary): string[] {
  const row = ({ cell, ...figure }: CellSummary) => [
    series[figure.series].label,
    formatCount(cell.examples),
    String(cell.seed),
    formatInterval(figure.nsPerEpoch, formatDuration),
    figure.openNs === undefined ? "–" : formatDuration(figure.openNs),
    formatPercent(figure.testAccuracy),
    figure.verdict,
  ];
  return markdownTable(
    ["", "m", "seed", "per epoch", "set-up", "test accuracy", "gradient"],
    cells.map(row),
  );
}

function versions(measured: readonly MeasuredSweep[]): string[] {
  const all = measured.flatMap(({ summary: { environment: { peers = {} } } }) =>
    Object.entries(peers)
  );
  return [...new Map(all)].map(([name, version]) => `- ${name}: ${version}`);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}
