import type { Summary } from "../format/summary.ts";
import { median } from "../stats/statistics.ts";
import { formatCount, formatDuration, withoutZeros } from "./numbers.ts";
import { chosenSeries } from "./select.ts";
import { markerOfLine, MOST_LINES, paintLine, type Style, wrapped } from "./terminal_style.ts";
import { chunks } from "./text_table.ts";

const HEIGHT = 14;
const LABEL_WIDTH = 8;
/** A character cell has 2 × 4 braille dots; this is the bit of the dot in column x, row y. */
const DOTS = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/** Series in the plot: all, or the baseline, the choice and the fastest at their largest m. Their places are their markers. */
export function plottedSeries(summary: Summary): number[] {
  const { series, plan, cells } = summary;
  const all = [...series.keys()];
  if (all.length <= MOST_LINES) return all;
  const time = (place: number) => pointsOf(summary, place).at(-1)?.ns ?? Infinity;
  const size = (place: number) =>
    Math.max(0, ...cells.filter((cell) => cell.series === place).map(({ cell }) => cell.examples));
  const baseline = all.find((place) => series[place].implementation === plan.baseline);
  const first = [chosenSeries(summary), baseline].filter((place) => place !== undefined);
  const fastest = all.toSorted((a, b) => size(b) - size(a) || time(a) - time(b));
  const kept = [...new Set([...first, ...fastest])].slice(0, MOST_LINES);
  return all.filter((place) => kept.includes(place));
}

/** Lines without a visible marker, and a line that covers each. */
type Hidden = ReadonlyMap<number, number>;

/** Time per epoch over m, both logarithmic, a line per series; empty without two sizes. */
export function terminalPlot(summary: Summary, style: Style): string[] {
  const chosen = new Set(summary.choices.map(({ series }) => series));
  const plotted = plottedSeries(summary);
  const lines = plotted.map((series) => pointsOf(summary, series));
  // What is drawn last lies on top: the choice.
  const order = [...lines.keys()].sort((a, b) =>
    Number(chosen.has(plotted[a])) - Number(chosen.has(plotted[b])) || a - b
  );
  const all = lines.flat();
  const sizes = new Set(all.map(({ examples }) => examples));
  if (sizes.size < 2) return [];
  const columns = Math.max(20, Math.min(style.width, 90) - LABEL_WIDTH - 2);
  const x = scale(all.map(({ examples }) => examples), columns * 2 - 3);
  const y = scale(all.map(({ ns }) => ns), HEIGHT * 4 - 3);
  const canvas = createCanvas(columns);
  for (const series of order) {
    lines[series].slice(1).forEach((b, i) => {
      const a = lines[series][i];
      canvas.line(x.at(a.examples), y.at(a.ns), x.at(b.examples), y.at(b.ns), series);
    });
  }
  for (const series of order.toReversed()) {
    lines[series].forEach(({ examples, ns }) => canvas.mark(x.at(examples), y.at(ns), series));
  }
  const hidden = canvas.placeMarkers();
  const labels = yLabels(y);
  return [
    ...wrapped(titleOf(plotted.length, summary.series.length), style, "bold", "  "),
    ...canvas.rows(style).map((row, i) => `${labels[i].padStart(LABEL_WIDTH)} ┤${row}`),
    `${" ".repeat(LABEL_WIDTH)} └${"─".repeat(columns)}`,
    xLabels([...sizes].sort((a, b) => a - b), x, columns),
    ...legend(plotted.map((place) => summary.series[place].label), hidden, style),
  ];
}

const titleOf = (shown: number, all: number): string =>
  "Time per epoch over m, log-log" +
  (shown < all ? ` (${shown} of ${all}: the baseline and the fastest)` : "");

/** Marker and name of each line, as many in a row as the terminal has room for. */
function legend(labels: readonly string[], hidden: Hidden, style: Style): string[] {
  const names = labels.map((label, i) => {
    const over = hidden.get(i);
    return over === undefined ? label : `${label} (under ${markerOfLine(over)})`;
  });
  // 2 characters for the marker and its space, without colour codes; 3 between entries.
  const widths = names.map(({ length }) => length + 2);
  const indent = Math.max(0, Math.min(LABEL_WIDTH + 2, style.width - Math.max(...widths)));
  const entries = names.map((name, i) => `${paintLine(i, markerOfLine(i), style)} ${name}`);
  return chunks(widths, style.width - indent, { gap: 3 }).map(([from, to]) =>
    " ".repeat(indent) + entries.slice(from, to).join("   ")
  );
}

/** The median over the seeds at each m, ascending. */
function pointsOf({ cells }: Summary, series: number): { examples: number; ns: number }[] {
  const bySize = Map.groupBy(
    cells.filter((cell) => cell.series === series),
    ({ cell }) => cell.examples,
  );
  return [...bySize].sort(([a], [b]) => a - b).map(([examples, seeds]) => ({
    examples,
    ns: median(seeds.map(({ nsPerEpoch }) => nsPerEpoch.value)),
  }));
}

type Scale = ReturnType<typeof scale>;

/** `at` gives the dot, from 0 to `last` + 1, at which a value lies. */
function scale(values: readonly number[], last: number) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = Math.log(high / low) || 1;
  return { low, high, at: (value: number) => 1 + Math.round(last * Math.log(value / low) / span) };
}

/** A label for each row of characters: the decades, or the ends of the axis if fewer than two decades show a scale. */
function yLabels(y: Scale): string[] {
  const labels = new Array<string>(HEIGHT).fill("");
  const rowOf = (ns: number) => HEIGHT - 1 - Math.floor(y.at(ns) / 4);
  const decades = Array.from({ length: 14 }, (_, power) => 10 ** power)
    .filter((decade) => decade >= y.low && decade <= y.high);
  for (const decade of decades) labels[rowOf(decade)] = withoutZeros(formatDuration(decade));
  const ends = decades.length < 2 ? [y.low, y.high] : [];
  for (const end of ends) labels[rowOf(end)] ||= formatDuration(end);
  return labels;
}

/** The sizes under the axis, as many as fit, always the first and the last. */
function xLabels(sizes: readonly number[], x: Scale, columns: number): string {
  const row = new Array<string>(columns + 1).fill(" ");
  const place = (size: number): boolean => {
    const text = formatCount(size);
    const middle = Math.floor(x.at(size) / 2);
    const from = Math.max(0, Math.min(columns - text.length, middle - (text.length >> 1)));
    const isFree = row.slice(Math.max(0, from - 1), from + text.length + 1)
      .every((character) => character === " ");
    if (isFree) [...text].forEach((character, i) => row[from + i] = character);
    return isFree;
  };
  place(sizes[0]);
  place(sizes[sizes.length - 1]);
  sizes.slice(1, -1).forEach(place);
  return `${" ".repeat(LABEL_WIDTH)}  ${row.join("").trimEnd()}`;
}

function createCanvas(columns: number) {
  /** By row × columns + column: dots of a character cell and the series of its line; series with a point in it. */
  const dots = new Map<number, { bits: number; series: number }>();
  const points = new Map<number, number[]>();
  const markers = new Map<number, number>();
  const cellOf = (x: number, y: number): number =>
    (HEIGHT - 1 - Math.min(HEIGHT - 1, y >> 2)) * columns + Math.min(columns - 1, x >> 1);
  return {
    line(x0: number, y0: number, x1: number, y1: number, series: number): void {
      const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
      for (let i = 0; i <= steps; i++) {
        const x = Math.round(x0 + (x1 - x0) * i / steps);
        const y = Math.round(y0 + (y1 - y0) * i / steps);
        const at = cellOf(x, y);
        dots.set(at, { bits: (dots.get(at)?.bits ?? 0) | DOTS[x & 1][3 - (y & 3)], series });
      }
    },
    mark(x: number, y: number, series: number): void {
      const at = cellOf(x, y);
      points.set(at, [...points.get(at) ?? [], series]);
    },
    /** Among series with a point in one cell, shows the one shown least so far; returns those that are never visible. */
    placeMarkers(): Hidden {
      const shown = new Map<number, number>();
      const count = (series: number) => shown.get(series) ?? 0;
      // Uncontested cells first, then from left to right.
      const places = [...points].sort(([a, ofA], [b, ofB]) =>
        Math.min(2, ofA.length) - Math.min(2, ofB.length) || a % columns - b % columns || a - b
      );
      for (const [at, several] of places) {
        const series = several.reduce((best, one) => count(one) < count(best) ? one : best);
        shown.set(series, count(series) + 1);
        markers.set(at, series);
      }
      return new Map(
        places.flatMap(([at, several]) =>
          several.filter((one) => !shown.has(one)).map((one) => [one, markers.get(at)!] as const)
        ),
      );
    },
    rows(style: Style): string[] {
      const cell = (at: number): string => {
        const marker = markers.get(at);
        if (marker !== undefined) return paintLine(marker, markerOfLine(marker), style);
        const drawn = dots.get(at);
        return drawn === undefined
          ? " "
          : paintLine(drawn.series, String.fromCharCode(0x2800 + drawn.bits), style);
      };
      const range = (length: number) => [...Array(length).keys()];
      return range(HEIGHT).map((row) =>
        range(columns).map((column) => cell(row * columns + column)).join("").trimEnd()
      );
    },
  };
}
