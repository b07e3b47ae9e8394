/** The last check of src/diagnose/gradient/examine_gradient_test.ts for a device, which in software takes half a minute. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { availabilityOf } from "../../src/gradients/availability.ts";
import { webgpu } from "../../src/gradients/webgpu/webgpu.ts";
import { accusations } from "../support/planted_mistakes.ts";
import { SLOW } from "../support/slow.ts";
import { skipFor } from "../support/skips.ts";

const device = await availabilityOf(webgpu);

test("webgpu is accused of nothing in 50 seeds", {
  ...SLOW,
  skip: skipFor(!device.available && device.reason),
}, async () => assert.deepEqual(await accusations(webgpu, 50), []));
