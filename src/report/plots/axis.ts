import { formatBytes, formatCount, formatDuration, formatExact, withoutZeros } from "../numbers.ts";
import { widthOf } from "./text_width.ts";

/** A scale with its ticks; values and ticks are in the unit that the label names. */
export interface Axis {
  readonly type: "log" | "linear";
  readonly label: string;
  readonly domain: readonly [number, number];
  readonly ticks: number[];
  readonly format: (value: number) => string;
  /** A value between the ticks, in full; by default a number in the unit of the label. */
  readonly tell?: (value: number) => string;
}

/** Sizes m on a logarithmic axis, with a tick at each. */
export const sizeAxis = (sizes: readonly number[]): Axis => ({
  type: "log",
  label: "training examples m (logarithmic) →",
  domain: widened(sizes),
  ticks: [...new Set(sizes)].sort((a, b) => a - b),
  format: formatCount,
});

/** Values whose relative difference is less count as one: no tick fits between them. */
const ONE_VALUE = 1e-9;

const axisOf = (type: Axis["type"], label: string, domain: Axis["domain"]): Axis => {
  const ticks = type === "log" ? logTicks(domain) : linearTicks(domain);
  return { type, label: `↑ ${label}`, domain, ticks, format: formatExact };
};

/** `ends` are those of intervals: the axis goes only a little beyond the values for them. */
export const logAxis = (
  label: string,
  values: readonly number[],
  ends: readonly number[] = [],
): Axis => axisOf("log", `${label}, logarithmic`, widened([...values, ...nearEnds(values, ends)]));

/** How much longer a logarithmic axis may become for intervals, at each end, as a share of its length. */
const FOR_INTERVALS = 0.12;
/** So much it may become longer in any case, as a factor. */
const LEAST_FOR_INTERVALS = 1.25;

function nearEnds(values: readonly number[], ends: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(LEAST_FOR_INTERVALS, (high / low) ** FOR_INTERVALS);
  return ends.map((end) => Math.min(high * room, Math.max(low / room, end)));
}

/** Durations in ns, on a logarithmic axis whose ticks have their own units: "1 ms", "100 ms", "10 s". */
export const durationAxis = (
  label: string,
  ns: readonly number[],
  ends: readonly number[] = [],
): Axis => ({
  ...logAxis(label, ns, ends),
  format: (value) => withoutZeros(formatDuration(value)),
  tell: formatDuration,
});

/** Bytes from 0 on a linear axis: "50 MB", "100 MB". */
export const byteAxis = (label: string, bytes: readonly number[]): Axis => ({
  ...linearAxis(label, bytes, 0),
  format: (value) => withoutZeros(formatBytes(value)),
  tell: formatBytes,
});

/** From `from`, or a little below the smallest value, to a little above the greatest. */
export function linearAxis(label: string, values: readonly number[], from?: number): Axis {
  const high = Math.max(...values);
  const low = from ?? Math.min(...values);
  const span = high - low > ONE_VALUE * Math.abs(high) ? high - low : 0;
  const room = span * 0.06 || Math.abs(high) * 0.1 || 1;
  return axisOf("linear", label, [from ?? low - room, high + room]);
}

/** Some room at both ends, and a span even where all values are one. */
function widened(values: readonly number[]): readonly [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = high / low < 1 + ONE_VALUE ? 2 : (high / low) ** 0.04;
  return [low / room, high * room];
}

/** On a shorter logarithmic axis even steps still look nearly even. */
const SHORT = 4;

/** Decades, 1–2–5 or every digit: the coarsest that gives enough ticks; on short axes even steps. */
function logTicks([low, high]: readonly [number, number]): number[] {
  if (high / low < SHORT) return linearTicks([low, high]);
  for (const digits of [[1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]]) {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      // Through text, so that 5 × 10⁻³ is 0.005 and not 0.005000000000000001.
      ticks.push(...digits.map((digit) => Number(`${digit}e${power}`)));
    }
    const inside = ticks.filter((tick) => tick >= low && tick <= high);
    if (inside.length >= 4) return inside;
  }
  return linearTicks([low, high]);
}

/** About five round values within the domain. */
function linearTicks([low, high]: readonly [number, number]): number[] {
  const rough = (high - low) / 6;
  const power = Math.floor(Math.log10(rough));
  const digit = [1, 2, 5, 10].find((digit) => digit * 10 ** power >= rough) ?? 10;
  const step = Number(`${digit}e${power}`);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/** Least room between the labels of two ticks, in px. */
const BETWEEN = 8;

/** Height of a label and the room around it, in px. */
const LABEL_HEIGHT = 15;

/** The ticks of an axis of `length` px; where labels would touch, the roundest stay. */
export function withRoom(
  { type, domain, ticks, format }: Axis,
  length: number,
  direction: "across" | "up" = "across",
): number[] {
  const apart = direction === "up"
    ? () => LABEL_HEIGHT
    : (one: number, other: number) => (widthOf(format(one)) + widthOf(format(other))) / 2 + BETWEEN;
  const scale = type === "log" ? Math.log : (value: number) => value;
  const [low, high] = domain.map(scale);
  const at = (tick: number) => (scale(tick) - low) / (high - low) * length;
  const kept: number[] = [];
  for (const tick of ticks.toSorted((a, b) => digits(a) - digits(b))) {
    const isFree = kept.every((other) => Math.abs(at(other) - at(tick)) >= apart(other, tick));
    if (isFree) kept.push(tick);
  }
  return kept.sort((a, b) => a - b);
}

/** How round a number is: 0 for powers of ten, then by its significant digits, 5 before 2 and the others. */
function digits(value: number): number {
  const [mantissa] = Math.abs(value).toExponential().split("e");
  const order = ["1", "5", "2"].indexOf(mantissa);
  return order >= 0 ? order : 2 + mantissa.length;
}
