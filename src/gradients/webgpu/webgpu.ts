import { openGpu } from "../../base/gpu.ts";
import type { GradientImplementation } from "../contract.ts";
import { openKernel } from "./webgpu_kernel.ts";
import { probeDevice } from "./device_probe.ts";

/**
 * Backpropagation in matrices on a GPU. Parameters, pixels and intermediate values stay on the device; a step is
 * one submission. Per step the host sends the row numbers and reads one loss per example, and so waits for the
 * device once.
 */
export const webgpu: GradientImplementation = {
  name: "webgpu",
  summary: "WGSL compute shaders on a GPU: data and parameters resident on the device",
  precision: "float32",
  needs: ["gpu"],
  backEnd: "gpu",

  async probe() {
    const gpu = await openGpu();
    if ("unavailable" in gpu) return { available: false, reason: gpu.unavailable };
    try {
      const fault = await probeDevice(gpu);
      if (fault !== undefined) {
        return { available: false, reason: `the GPU "${gpu.name}" does not work: ${fault}` };
      }
      return { available: true, version: gpu.name, ...(gpu.software && { software: true }) };
    } finally {
      gpu.device.destroy();
    }
  },

  async open(problem) {
    const gpu = await openGpu();
    if ("unavailable" in gpu) throw new Error(`Cannot open a GPU: ${gpu.unavailable}`);
    try {
      return await openKernel(problem, gpu);
    } catch (error) {
      gpu.device.destroy();
      throw error;
    }
  },
};
