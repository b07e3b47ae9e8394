import assert from "node:assert/strict";
import { test } from "node:test";
import { createPhaseMeter, measureMark } from "./phase_meter.ts";

/** A clock that is read at these times, one after the other. */
function clockAt(...times: number[]) {
  return () => {
    const time = times.shift();
    assert.ok(time !== undefined, "the clock was read more often than it should be");
    return time;
  };
}

test("time between two marks belongs to the phase of the first", () => {
  const meter = createPhaseMeter(clockAt(100, 103, 110, 130, 131));
  meter.start("before");
  meter.mark("forward");
  meter.mark("backward");
  meter.mark("forward");
  assert.deepEqual(meter.stop(), {
    before: { ns: 3, marks: 1 },
    forward: { ns: 7 + 1, marks: 2 },
    backward: { ns: 20, marks: 1 },
  });
});

test("start clears the times of the stretch before", () => {
  const meter = createPhaseMeter(clockAt(0, 5, 9, 20, 22));
  meter.start("one");
  meter.mark("two");
  meter.stop();
  meter.start("three");
  assert.deepEqual(meter.stop(), { three: { ns: 2, marks: 1 } });
});

test("the cost of a mark is the mean time between marks with nothing in between", () => {
  let now = 0;
  const meter = createPhaseMeter(() => now += 40);
  assert.equal(measureMark(meter), 40);
});

test("an invalid name and one name too many are refused", () => {
  const meter = createPhaseMeter(() => 0);
  meter.start("p0");
  assert.throws(() => meter.mark(7 as unknown as string), /its name is 7, expected a string/);
  assert.throws(() => meter.mark(""), /its name is "", expected a string/);
  for (let i = 1; i < 32; i++) meter.mark(`p${i}`);
  assert.throws(() => meter.mark("p32"), /"p32": there are 32 others/);
});
