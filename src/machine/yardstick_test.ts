import assert from "node:assert/strict";
import { test } from "node:test";
import { monotonicNs } from "../base/clock.ts";
import { createYardstick } from "./yardstick.ts";

test("the shortest of five runs counts", () => {
  // Each run reads the clock twice: its duration is the step between the two readings.
  const durations = [...Array(12).fill(9), 50, 40, 30, 70, 60];
  let now = 0;
  let readings = 0;
  const clock = () => {
    now += readings % 2 === 1 ? durations[(readings - 1) / 2] ?? 1 : 1000;
    readings++;
    return now;
  };
  const yardstick = createYardstick(clock);
  yardstick.measure();
  assert.deepEqual(yardstick.ns, [30]);
});

test("between samples it is measured again after half a second", () => {
  let now = 0;
  const yardstick = createYardstick(() => now);
  yardstick.measureIfDue();
  assert.equal(yardstick.ns.length, 1);
  now += 0.4e9;
  yardstick.measureIfDue();
  assert.equal(yardstick.ns.length, 1);
  now += 0.2e9;
  yardstick.measureIfDue();
  assert.equal(yardstick.ns.length, 2);
});

test("it measures real work", () => {
  const yardstick = createYardstick(monotonicNs);
  yardstick.measure();
  // No core does a hundred thousand dependent multiply-adds in less than 10 µs: ten per nanosecond.
  assert.ok(yardstick.ns[0] > 10_000, `${yardstick.ns[0]} ns`);
});
