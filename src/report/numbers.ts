import type { Estimate } from "../format/interval.ts";

/** Numbers as people read them. Independent of the locale, so that a report is the same everywhere. */

const DURATIONS: readonly (readonly [number, string])[] = [
  [1, "ns"],
  [1e3, "µs"],
  [1e6, "ms"],
  [1e9, "s"],
];

/** 8123 → "8.12 µs": three significant digits, in the unit that fits. */
export function formatDuration(ns: number): string {
  const [factor, unit] = durationUnit(ns);
  return `${formatNumber(ns / factor)} ${unit}`;
}

/**
 * "8.12 µs [8.05, 8.31]": the interval in the unit of the value where `format` ends in one. An interval
 * without any width (one sample, or a baseline against itself) is left out: it would claim what nobody knows.
 */
export function formatInterval(
  estimate: Omit<Estimate, "confidence"> & Partial<Estimate>,
  format: (value: number) => string,
): string {
  if (estimate.low === estimate.high) return format(estimate.value);
  const strip = (text: string) => text.replace(/ [^ ]+$/, "");
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((x) => format(x));
  const unitOf = (text: string) => text.slice(strip(text).length);
  const sameUnit = unitOf(low) === unitOf(value) && unitOf(high) === unitOf(value);
  return sameUnit ? `${value} [${strip(low)}, ${strip(high)}]` : `${value} [${low}, ${high}]`;
}

/** Decimal units: 1 MB is 10⁶ bytes. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(bytes || 1) / 3)));
  return `${formatNumber(bytes / 1000 ** power)} ${units[power]}`;
}

/** Caches are sold in powers of two: 32768 → "32 KiB". */
export function formatBinary(bytes: number): string {
  const kib = bytes / 1024;
  const [value, unit] = kib >= 1024 ? [kib / 1024, "MiB"] : [kib, "KiB"];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

/** 0.9341 → "93.41 %". */
export function formatPercent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** A relative error: 3.14e-7 → "3.1e-7". */
export function formatError(error: number): string {
  return error === 0 ? "0" : error.toExponential(1);
}

/** 7.4182 → "7.42 ×". */
export function formatRatio(ratio: number): string {
  return `${formatNumber(ratio)} ×`;
}

/** 60000 → "60,000". */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Significant digits without an exponent where that is readable: 0.0123, 1.23, 12.3, 123, 1,230. */
export function formatNumber(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(significant - 1);
  const rounded = Number(value.toPrecision(significant));
  const whole = Math.floor(Math.log10(Math.abs(rounded))) + 1;
  if (whole >= significant) {
    return rounded < 0 ? `-${formatCount(-rounded)}` : formatCount(rounded);
  }
  return rounded.toFixed(significant - whole);
}

/** The unit in which a duration has one to three digits before the point. */
function durationUnit(ns: number): readonly [number, string] {
  // 999.6 ns is 1.00 µs, not 1,000 ns: the unit is chosen after rounding.
  const rounded = Math.abs(Number(ns.toPrecision(3)));
  return DURATIONS.findLast(([factor]) => rounded >= factor) ?? DURATIONS[0];
}
