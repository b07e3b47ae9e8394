import assert from "node:assert/strict";
import test from "node:test";
import { openGpu } from "../../base/gpu.ts";
import { availabilityOf } from "../availability.ts";
import { skipFor } from "../../../tests/support/skips.ts";

import { webgpu } from "./webgpu.ts";
import { Buffers } from "./buffers.ts";
import { createPass } from "./compute_pass.ts";
import { probeDevice } from "./device_probe.ts";
import { networkOf, problemOf } from "../../../tests/support/problems.ts";

const answer = await availabilityOf(webgpu);
const skip = skipFor(!answer.available && `webgpu: ${answer.reason}`);

const NETWORK = networkOf([9, 5, 3]);

async function device() {
  const gpu = await openGpu();
  assert.ok(!("unavailable" in gpu));
  return gpu;
}

test("webgpu names its device and marks an emulated one", { skip }, async () => {
  assert.ok(answer.available);
  const kernel = await webgpu.open(problemOf(NETWORK, 10, 4));
  assert.equal(kernel.device?.name, answer.version);
  assert.equal(kernel.device?.software, answer.software);
  await kernel[Symbol.asyncDispose]();
});

test("a device that computes nothing does not pass the probe", { skip }, async () => {
  const gpu = await device();
  assert.equal(await probeDevice(gpu), undefined);
  const real = gpu.device;
  // Like a null back end: accepts every submission and does nothing.
  const queue = new Proxy(real.queue, {
    get: (target, name) => name === "submit" ? () => {} : member(target, name),
  });
  const idle = new Proxy(real, {
    get: (target, name) => name === "queue" ? queue : member(target, name),
  });
  const fault = await probeDevice({ ...gpu, device: idle });
  assert.match(fault ?? "", /it computed 0 in a matrix product, expected/);
  real.destroy();
});

test("a lost device ends the step with an error that names the cause", { skip }, async () => {
  const gpu = await device();
  gpu.device.destroy();
  await gpu.device.lost;
  assert.throws(() => gpu.check(), /Cannot continue: the GPU ".+" was lost/);

  const kernel = await webgpu.open(problemOf(NETWORK, 10, 4));
  await kernel[Symbol.asyncDispose]();
  await assert.rejects(async () => await kernel.lossAndGradient(Uint32Array.of(1)), /was lost/);
});

test(
  "buffers beyond the device's limits are refused before anything is created",
  { skip },
  async () => {
    const gpu = await device();
    const buffers = new Buffers(gpu.device);
    const most = gpu.device.limits.maxStorageBufferBindingSize;
    assert.throws(
      () => buffers.storage("the activations of layer 1", most / 4 + 1),
      /Cannot open the kernel: the activations of layer 1 take .* MiB, expected at most .* MiB, the device's limit/,
    );
    const wide = 16 * gpu.device.limits.maxComputeWorkgroupsPerDimension;
    await assert.rejects(
      async () => await webgpu.open(problemOf({ ...NETWORK, layerSizes: [2, wide + 1, 3] }, 2, 2)),
      /a layer or minibatch needs \d+ workgroups, expected at most/,
    );
    gpu.device.destroy();
  },
);

test("a shader that does not compile is an error, not a wrong number", { skip }, async () => {
  const gpu = await device();
  await assert.rejects(createPass(gpu.device, "broken", {}, "fn main() { this is no WGSL }"));
  gpu.device.destroy();
});

/** A member of a runtime object, whose methods need their own `this`. */
function member(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === "function" ? value.bind(target) : value;
}
