import type { Layout } from "../../model/layout.ts";
import type { Network } from "../../model/network.ts";
import { type Binding, createPass, type Pass, read, write } from "./compute_pass.ts";
import { ACTIVATE, DESCEND, outputLoss, product, SLOPE } from "./shaders.ts";

/** Buffers on the device. B is the largest minibatch; [l] counts layers from 0. */
interface DeviceBuffers {
  /** Count, scale and rate of the current step. */
  readonly step: GPUBuffer;
  /** (layout.length) float32 each. */
  readonly parameters: GPUBuffer;
  readonly gradient: GPUBuffer;
  /** (B) u32 row numbers. */
  readonly batch: GPUBuffer;
  /** (B) pairs x, y of float32: loss = x + ln y. */
  readonly losses: GPUBuffer;
  /** (count, features) bytes. */
  readonly pixels: GPUBuffer;
  /** (count) u32. */
  readonly labels: GPUBuffer;
  /** [l] (B, inputs of layer l + 1) float32 output of layer l. */
  readonly activations: readonly GPUBuffer[];
  /** [l] (B, outputs of layer l) dLoss/dz; in the output layer z until the loss overwrites it. */
  readonly deltas: readonly GPUBuffer[];
}

/** The shaders of a step, in the order in which they run. */
interface Passes {
  /** [l] A⁺ = f([A, 1] · W), in the output layer Z. */
  readonly forward: readonly Pass[];
  readonly loss: Pass;
  /** [l] dLoss/dW = [A, 1]ᵀ · Δ, biases included. */
  readonly gradient: readonly Pass[];
  /** [l] Δ = Δ⁺ · W⁺ᵀ ⊙ f′(Z): from layer l + 1 to layer l. */
  readonly backward: readonly Pass[];
  readonly descend: Pass;
}

/** Compiles all shaders for this network. */
export async function createPasses(
  device: GPUDevice,
  network: Network,
  { layers }: Layout,
  buffers: DeviceBuffers,
): Promise<Passes> {
  const { hiddenActivation, outputLoss: loss } = network;
  const last = layers.length - 1;
  const step: Binding = { buffer: buffers.step, access: "uniform", of: "u32" };

  /** Bindings and WGSL function `input(example, i)` for what enters layer l; input number `inputs` is 1. */
  const inputOf = (l: number) => {
    const { inputs } = layers[l];
    const [bindings, value] = l === 0
      ? [
        { pixels: read(buffers.pixels, "u32"), batch: read(buffers.batch, "u32") },
        `
  let at = batch[example] * ${inputs}u + i;
  return f32((pixels[at / 4u] >> (8u * (at % 4u))) & 0xffu) * ${1 / 255};`,
      ]
      : [
        { inputs: read(buffers.activations[l - 1]) },
        `
  return inputs[example * ${inputs}u + i];`,
      ];
    const code = `
fn input(example: u32, i: u32) -> f32 {
  if (i == ${inputs}u) { return 1.0; }${value}
}`;
    return { bindings, code };
  };

  const forward = layers.map(({ inputs, outputs, weightOffset }, l) => {
    const input = inputOf(l);
    return createPass(
      device,
      `forward, layer ${l + 1}`,
      {
        step,
        ...input.bindings,
        parameters: read(buffers.parameters),
        sums: write(l === last ? buffers.deltas[l] : buffers.activations[l]),
      },
      product({
        rows: "step.count",
        columns: `${outputs}u`,
        inner: `${inputs + 1}u`,
        left: "input(row, k)",
        right: `parameters[${weightOffset}u + k * ${outputs}u + column]`,
        store: `sums[row * ${outputs}u + column] = ${l === last ? "sum" : "activate(sum)"};`,
        functions: input.code + (l === last ? "" : ACTIVATE[hiddenActivation]),
      }),
    );
  });

  const gradient = layers.map(({ inputs, outputs, weightOffset }, l) => {
    const input = inputOf(l);
    return createPass(
      device,
      `gradient, layer ${l + 1}`,
      {
        step,
        ...input.bindings,
        delta: read(buffers.deltas[l]),
        gradient: write(buffers.gradient),
      },
      product({
        rows: `${inputs + 1}u`,
        columns: `${outputs}u`,
        inner: "step.count",
        left: "input(k, row)",
        right: `delta[k * ${outputs}u + column]`,
        store: `gradient[${weightOffset}u + row * ${outputs}u + column] = sum;`,
        functions: input.code,
      }),
    );
  });

  const backward = layers.slice(1).map(({ inputs, outputs, weightOffset }, l) =>
    createPass(
      device,
      `backward, layer ${l + 2}`,
      {
        step,
        above: read(buffers.deltas[l + 1]),
        parameters: read(buffers.parameters),
        activations: read(buffers.activations[l]),
        delta: write(buffers.deltas[l]),
      },
      product({
        rows: "step.count",
        columns: `${inputs}u`,
        inner: `${outputs}u`,
        left: `above[row * ${outputs}u + k]`,
        right: `parameters[${weightOffset}u + column * ${outputs}u + k]`,
        store: `
    let at = row * ${inputs}u + column;
    delta[at] = sum * slope(activations[at]);`,
        functions: SLOPE[hiddenActivation],
      }),
    )
  );

  return {
    forward: await Promise.all(forward),
    loss: await createPass(
      device,
      "loss",
      {
        step,
        batch: read(buffers.batch, "u32"),
        labels: read(buffers.labels, "u32"),
        delta: write(buffers.deltas[last]),
        losses: write(buffers.losses, "vec2f"),
      },
      outputLoss(loss, layers[last].outputs),
    ),
    gradient: await Promise.all(gradient),
    backward: await Promise.all(backward),
    descend: await createPass(
      device,
      "descend",
      { step, gradient: read(buffers.gradient), parameters: write(buffers.parameters) },
      DESCEND,
    ),
  };
}
