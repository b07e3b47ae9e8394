import { type Gpu, MAP_READ } from "../../base/gpu.ts";
import type { Dataset } from "../../data/dataset.ts";
import { inputMajorLayout } from "../../model/layout.ts";
import type { AsyncKernel, Problem } from "../contract.ts";
import { Buffers } from "./buffers.ts";
import { dispatch, STEP_BYTES } from "./compute_pass.ts";
import { createPasses } from "./gradient_passes.ts";
import { LINE, TILE } from "./shaders.ts";

const blocks = (count: number): number => Math.ceil(count / TILE);
const lines = (count: number): number => Math.ceil(count / LINE);

/** Uploads the data and compiles the shaders. Throws RangeError beyond the device's limits. */
export async function openKernel(problem: Problem, gpu: Gpu): Promise<AsyncKernel> {
  const { network, dataset, maxBatchSize } = problem;
  const { device } = gpu;
  const { limits } = device;
  const { labels, count } = dataset;
  // For each layer a matrix (inputs + 1, outputs): the biases are the weights of an input that is always 1.
  const layout = inputMajorLayout(network);
  const { layers, length } = layout;
  const last = layers.length - 1;
  const buffers = new Buffers(device);
  const most = Math.max(...layers.map(({ inputs }) => blocks(inputs + 1)), blocks(maxBatchSize));
  if (most > limits.maxComputeWorkgroupsPerDimension) {
    throw new RangeError(
      `Cannot open the kernel: a layer or minibatch needs ${most} workgroups, expected at most ` +
        `${limits.maxComputeWorkgroupsPerDimension}, the device's limit; use a smaller one`,
    );
  }
  const onDevice = {
    step: buffers.uniform("the figures of a step", STEP_BYTES),
    parameters: buffers.storage("the parameters", length),
    gradient: buffers.storage("the gradient", length),
    batch: buffers.storage("the minibatch's row numbers", maxBatchSize),
    losses: buffers.storage("the losses", 2 * maxBatchSize),
    pixels: buffers.filled("the pixels", packed(dataset)),
    labels: buffers.filled("the labels", Uint32Array.from(labels.subarray(0, count))),
    activations: layers.slice(1).map(({ inputs }, l) =>
      buffers.storage(`the activations of layer ${l + 1}`, maxBatchSize * inputs)
    ),
    deltas: layers.map(({ outputs }, l) =>
      buffers.storage(`the deltas of layer ${l + 1}`, maxBatchSize * outputs)
    ),
  };
  const passes = await createPasses(device, network, layout, onDevice);
  const readLosses = buffers.readable("the losses", 8 * maxBatchSize);
  const readAll = buffers.readable("parameters and gradient", 8 * length);
  const parameters = new Float32Array(length);
  const gradient = new Float32Array(length);
  /** { count, scale, rate } as the shaders see them. */
  const figures = new ArrayBuffer(STEP_BYTES);
  const stepCount = new Uint32Array(figures, 0, 1);
  const [scale, rateAt] = [new Float32Array(figures, 4, 1), new Float32Array(figures, 8, 1)];
  gpu.check();

  /** Waits until a readable buffer is filled. Throws Error if the device was lost. */
  const mapped = async (buffer: GPUBuffer, bytes: number): Promise<Float32Array> => {
    try {
      await buffer.mapAsync(MAP_READ, 0, bytes);
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve, 100)); // the loss is reported a little later
      gpu.check();
      throw error;
    }
    gpu.check();
    return new Float32Array(buffer.getMappedRange(0, bytes));
  };

  const submit = (encode: (encoder: GPUCommandEncoder) => void): void => {
    const encoder = device.createCommandEncoder();
    encode(encoder);
    device.queue.submit([encoder.finish()]);
  };

  const encodeStep = (compute: GPUComputePassEncoder, examples: number): void => {
    for (let l = 0; l <= last; l++) {
      dispatch(compute, passes.forward[l], blocks(layers[l].outputs), blocks(examples));
    }
    dispatch(compute, passes.loss, lines(examples));
    for (let l = last; l >= 0; l--) {
      const { inputs, outputs } = layers[l];
      dispatch(compute, passes.gradient[l], blocks(outputs), blocks(inputs + 1));
      if (l > 0) dispatch(compute, passes.backward[l - 1], blocks(inputs), blocks(examples));
    }
  };

  return {
    mode: "async",
    device: { name: gpu.name, ...(gpu.software && { software: true }) },
    layout,
    parameters,
    gradient,

    async lossAndGradient(batch, phases) {
      phases?.("submit");
      stepCount[0] = batch.length;
      scale[0] = 1 / batch.length;
      device.queue.writeBuffer(onDevice.step, 0, figures);
      device.queue.writeBuffer(onDevice.batch, 0, batch as Uint32Array<ArrayBuffer>);
      const bytes = 8 * batch.length;
      submit((encoder) => {
        const compute = encoder.beginComputePass();
        encodeStep(compute, batch.length);
        compute.end();
        encoder.copyBufferToBuffer(onDevice.losses, 0, readLosses, 0, bytes);
      });
      phases?.("wait");
      const parts = await mapped(readLosses, bytes);
      let sum = 0;
      for (let n = 0; n < parts.length; n += 2) sum += parts[n] + Math.log(parts[n + 1]);
      readLosses.unmap();
      return sum / batch.length;
    },

    descend(rate) {
      rateAt[0] = rate;
      device.queue.writeBuffer(onDevice.step, 0, figures);
      const groups = Math.min(lines(length), limits.maxComputeWorkgroupsPerDimension);
      submit((encoder) => {
        const compute = encoder.beginComputePass();
        dispatch(compute, passes.descend, groups);
        compute.end();
      });
      return Promise.resolve();
    },

    push() {
      device.queue.writeBuffer(onDevice.parameters, 0, parameters);
      return Promise.resolve();
    },

    async pull() {
      const bytes = 4 * length;
      submit((encoder) => {
        encoder.copyBufferToBuffer(onDevice.parameters, 0, readAll, 0, bytes);
        encoder.copyBufferToBuffer(onDevice.gradient, 0, readAll, bytes, bytes);
      });
      const both = await mapped(readAll, 2 * bytes);
      parameters.set(both.subarray(0, length));
      gradient.set(both.subarray(length));
      readAll.unmap();
    },

    [Symbol.asyncDispose]() {
      device.destroy();
      return Promise.resolve();
    },
  };
}

/** (count, features) bytes of the subset, four in a word, the first in the lowest bits. */
function packed({ pixels, count, features }: Dataset): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(count * features / 4));
  for (let at = 0; at < count * features; at++) words[at >>> 2] |= pixels[at] << (8 * (at & 3));
  return words;
}
