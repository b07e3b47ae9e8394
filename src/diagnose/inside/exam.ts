import { randomFrom, shuffle } from "../../base/random.ts";
import type { Dataset } from "../../data/dataset.ts";
import { eraseBiases } from "../../model/layout.ts";
import type { Network } from "../../model/network.ts";
import { layersOf } from "./program.ts";

/** Asks a program for the mean gradient (canonical order) and loss of these rows at these parameters. */
export type Ask = (parameters: Float64Array, rows: readonly number[]) => Promise<Answer>;

export interface Answer {
  readonly gradient: Float64Array;
  readonly loss: number;
}

/** Rows that a program is opened with to be read. */
export interface Exam {
  readonly dataset: Dataset;
  /** Random bytes of a few values, so that equal bytes can be compared; neighbouring labels differ. */
  readonly plain: readonly number[];
  /** Together they have every byte. */
  readonly ramps: readonly number[];
  /** Rows of the user's data. */
  readonly real: readonly number[];
  /** The program has no biases: they are 0 in every question. */
  readonly withoutBiases: boolean;
  /** Parameters are this many times as large as usual: neurons are saturated. */
  readonly large?: number;
}

/** A prime number of rows: a divisor of the number of all rows cannot be mistaken for one of a minibatch. */
const ROWS = 61;
const PLAIN = 14;
const MOST_RAMPS = 16;
const PALETTE = [0, 0, 0, 30, 64, 100, 127, 128, 160, 200, 254, 255];
const DARK = 200;

export function makeExam(given: Dataset, seed: number, withoutBiases = false): Exam {
  const { features, classes } = given;
  const random = randomFrom(seed, "exam");
  const pixels = new Uint8Array(ROWS * features);
  const labels = new Uint8Array(ROWS);
  const bytes = shuffle(Uint32Array.from({ length: 256 }, (_, byte) => byte), random);
  const ramps = Math.min(MOST_RAMPS, Math.ceil(256 / features));
  for (let row = 0; row < ROWS; row++) {
    const at = row * features;
    if (row < PLAIN) {
      // Some images are darker: a program may divide by the brightest pixel.
      const most = row % 4 === 3 ? DARK : 255;
      for (let i = 0; i < features; i++) {
        pixels[at + i] = Math.min(most, PALETTE[random.integer(PALETTE.length)]);
      }
      // First, last, then the others.
      const place = row % classes;
      labels[row] = place === 0 ? 0 : place === 1 ? classes - 1 : place - 1;
    } else if (row < PLAIN + ramps) {
      for (let i = 0; i < features; i++) {
        pixels[at + i] = bytes[((row - PLAIN) * features + i) % 256];
      }
      labels[row] = row % classes;
    } else {
      const from = (row - PLAIN - ramps) % given.count;
      pixels.set(given.pixels.subarray(from * features, (from + 1) * features), at);
      labels[row] = given.labels[from];
    }
  }
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  return {
    dataset: { count: ROWS, features, classes, pixels, labels },
    plain: range(0, PLAIN),
    ramps: range(PLAIN, PLAIN + ramps),
    real: range(PLAIN + ramps, ROWS),
    withoutBiases,
  };
}

/** Scales first-layer weights, so that pixels that were not divided by 255 do not saturate that layer. */
const DIM = 1 / 128;
const SETTINGS = 6;

/**
 * Parameters (float32 numbers) at which a program is read. Neurons are neither all saturated nor all linear, biases are
 * not 0, and in every second setting the first layer's weights are small.
 */
export function makeSettings(
  network: Network,
  seed: number,
  { withoutBiases, large = 1 }: Pick<Exam, "withoutBiases" | "large">,
): Float64Array[] {
  const random = randomFrom(seed, "settings");
  const layers = layersOf(network);
  const raise = network.hiddenActivation === "relu" ? 0.3 : 0;
  return Array.from({ length: SETTINGS }, (_, s) => {
    const last = layers[layers.length - 1];
    const parameters = new Float64Array(last.biasOffset + last.outputs);
    for (const [l, { inputs, outputs, weightOffset, biasOffset }] of layers.entries()) {
      const size = (1.5 * large / Math.sqrt(inputs)) * (l === 0 && s % 2 === 1 ? DIM : 1);
      for (let p = weightOffset; p < biasOffset; p++) {
        parameters[p] = Math.fround(size * random.normal());
      }
      for (let o = 0; o < outputs; o++) {
        parameters[biasOffset + o] = Math.fround(
          0.7 * large * random.normal() + (l < layers.length - 1 ? raise : 0),
        );
      }
    }
    return withoutBiases ? eraseBiases(network, parameters) : parameters;
  });
}

/** How sure an output layer is of the right label, from calm to calmest. */
export const CALM = [6, 9, 12, 16];

/** The same, with an output layer that is nearly right about one label: a calm question, with a small gradient. */
export function calmed(
  network: Network,
  parameters: Float64Array,
  label: number,
  sure: number,
): Float64Array {
  const layers = layersOf(network);
  const { weightOffset, biasOffset, outputs } = layers[layers.length - 1];
  const calm = parameters.slice();
  for (let p = weightOffset; p < biasOffset; p++) calm[p] = Math.fround(calm[p] / 4);
  for (let o = 0; o < outputs; o++) {
    calm[biasOffset + o] = Math.fround(
      (o === label ? sure : -sure) + parameters[biasOffset + o] / 4,
    );
  }
  return calm;
}
