import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
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
  assert.equal(formatNumber(-1.2345), "-1.23");
  assert.equal(formatNumber(9.999), "10.0");
  assert.equal(formatNumber(1234.5), "1,230");
  assert.equal(formatNumber(1.5e-7), "1.50e-7");
  assert.equal(formatNumber(NaN), "NaN");
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
  assert.equal(formatInterval(estimate(1, 0.98, 1.02), (x) => x.toFixed(2)), "1.00 [0.98, 1.02]");
});

test("bytes are decimal, shares are per cent, counts have commas", () => {
  assert.equal(formatBytes(0), "0 B");
  assert.equal(formatBytes(47_040_016), "47.0 MB");
  assert.equal(formatPercent(0.93406), "93.41 %");
  assert.equal(formatRatio(7.4182), "7.42 ×");
  assert.equal(formatCount(60_000), "60,000");
  assert.equal(formatCount(999), "999");
});
