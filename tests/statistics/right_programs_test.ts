/**
 * The honest programs of src/diagnose/gradient/examine_gradient_test.ts, and others, on more problems: a device, which in
 * software takes half a minute, and the list forms in Python.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { availabilityOf } from "../../src/gradients/availability.ts";
import { webgpu } from "../../src/gradients/webgpu/webgpu.ts";
import { accusedOf } from "../support/honest_programs.ts";
import { accusations } from "../support/planted_mistakes.ts";
import { NEEDS_PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";
import { skipFor } from "../support/skips.ts";

const device = await availabilityOf(webgpu);

test("webgpu is accused of nothing in 50 seeds", {
  ...SLOW,
  skip: skipFor(!device.available && device.reason),
}, async () => assert.deepEqual(await accusations(webgpu, 50), []));

for (const form of ["gradient", "update"]) {
  for (const precision of ["float32", "float64"]) {
    const name = `python_${form}_${precision}`;
    test(`${name} is accused of nothing in 200 seeds`, { ...SLOW, ...NEEDS_PYTHON }, async () => {
      assert.deepEqual(await accusedOf(name, 200, 5001), []);
    });
  }
}
