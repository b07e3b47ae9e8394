import assert from "node:assert/strict";
import { test } from "node:test";
import {
  counted,
  formatBinary,
  formatBytes,
  formatCount,
  formatDuration,
  formatError,
  formatExact,
  formatFactor,
  formatFixed,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
  formatSigned,
  formatWait,
  withoutZeros,
} from "./numbers.ts";

test("durations have three significant digits and the unit that fits, chosen after rounding", () => {
  assert.equal(formatDuration(0), "0 ns");
  assert.equal(formatDuration(12.34), "12.3 ns");
  assert.equal(formatDuration(999.6), "1.00 µs");
  assert.equal(formatDuration(8123), "8.12 µs");
  assert.equal(formatDuration(54_321_000), "54.3 ms");
  assert.equal(formatDuration(999_600_000), "1.00 s");
  assert.equal(formatDuration(123_456_000_000), "123 s");
  assert.equal(formatDuration(1_234_560_000_000), "1,230 s");
});

test("numbers keep their significant digits, with an exponent only where they must", () => {
  assert.equal(formatNumber(0.012345), "0.0123");
  assert.equal(formatNumber(-1.2345), "−1.23");
  assert.equal(formatNumber(-1234.5), "−1,230");
  assert.equal(formatNumber(9.999), "10.0");
  assert.equal(formatNumber(1234.5), "1,230");
  assert.equal(formatNumber(1.5e-7), "1.50 × 10⁻⁷");
  assert.equal(formatNumber(12_345_678_901), "1.23 × 10¹⁰");
  assert.equal(formatNumber(NaN), "NaN");
  assert.equal(formatError(3.14e-7), "3.1 × 10⁻⁷");
  assert.equal(formatError(1e-12, 1), "10⁻¹²");
  assert.equal(formatError(0), "0");
  assert.equal(formatError(1), "1.0");
  assert.equal(formatError(12), "1.2 × 10¹");
});

test("an interval is in the unit of its value, or says where it is not", () => {
  const estimate = (value: number, low: number, high: number) => ({
    value,
    low,
    high,
    confidence: 0.95,
  });
  assert.equal(formatInterval(estimate(8120, 8050, 8310), formatDuration), "8.12 µs [8.05, 8.31]");
  assert.equal(
    formatInterval(estimate(1010, 995, 1020), formatDuration),
    "1.01 µs [995 ns, 1.02 µs]",
  );
  assert.equal(formatInterval(estimate(8120, 8120, 8120), formatDuration), "8.12 µs");
  assert.equal(
    formatInterval(estimate(1, 0.98, 1.02), (x) => formatFixed(x, 2)),
    "1.00 [0.98, 1.02]",
  );
  assert.equal(
    formatInterval(estimate(1e-7, 0.9e-7, 1.1e-7), formatNumber),
    "1.00 × 10⁻⁷ [9.00 × 10⁻⁸, 1.10 × 10⁻⁷]",
  );
  assert.equal(
    formatInterval(estimate(-0.1, -0.2, 0.1), (x) => formatPercent(x)),
    "−10.00 % [−20.00, 10.00]",
  );
});

test("bytes are decimal, shares are per cent, counts have commas", () => {
  assert.equal(formatBytes(0), "0 B");
  assert.equal(formatBytes(47_040_016), "47.0 MB");
  assert.equal(formatPercent(0.93406), "93.41 %");
  assert.equal(formatRatio(7.4182), "7.42 ×");
  assert.equal(formatCount(60_000), "60,000");
  assert.equal(formatCount(999), "999");
});

test("a minus is −, never before a zero, and a plus stands where a difference asks for it", () => {
  assert.equal(formatFixed(-0.5, 2), "−0.50");
  assert.equal(formatFixed(-0.001, 2), "0.00");
  assert.equal(formatSigned(0.043), "+4.3 %");
  assert.equal(formatSigned(-0.043), "−4.3 %");
});

test("counts agree with their nouns, and ratios near 1 show a per cent", () => {
  assert.equal(counted(1, "sample"), "1 sample");
  assert.equal(counted(1200, "sample"), "1,200 samples");
  assert.equal(counted(2, "series", "series"), "2 series");
  assert.equal(formatFactor(1.2921), "1.292");
  assert.equal(formatFactor(123.4), "123");
});

test("an axis has round figures, caches have powers of two, and waits have whole seconds", () => {
  assert.equal(withoutZeros(formatDuration(1e7)), "10 ms");
  assert.equal(withoutZeros(formatDuration(1.2e11)), "120 s");
  assert.equal(withoutZeros(formatBytes(2.5e6)), "2.5 MB");
  assert.equal(formatExact(20_000), "20,000");
  assert.equal(formatExact(0.5), "0.5");
  assert.equal(formatBinary(32_768), "32 KiB");
  assert.equal(formatWait(0), "1 s");
  assert.equal(formatWait(60e9), "1 min");
  assert.equal(formatWait(80e9), "1 min 20 s");
  assert.equal(formatWait(7500e9), "2 h 5 min");
});
