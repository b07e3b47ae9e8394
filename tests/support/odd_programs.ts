/**
 * Ten programs with mistakes that are in no table of diagnose, made on purpose after it was finished: backpropagation for
 * a whole minibatch, with one hook each. The same ten in NumPy are tests/python/odd_ones.py. Layers count from 1.
 */
import type { ShortFormImplementation } from "../../src/gradients/contract.ts";
import { randomFrom } from "../../src/base/random.ts";

type Matrix = number[][];

interface Hooks {
  /** Pixels of a row, from its bytes. */
  readonly pixels?: (bytes: readonly number[]) => number[];
  readonly label?: (labels: readonly number[], n: number) => number;
  /** Which rows a minibatch has. */
  readonly rows?: (batch: readonly number[]) => number[];
  readonly weights?: (w: Matrix, layer: number) => Matrix;
  readonly biases?: (b: readonly number[], layer: number) => readonly number[];
  /** Activations (rows, neurons) of a hidden layer from its z. */
  readonly hidden?: (z: Matrix, layer: number) => Matrix;
  readonly outputDelta?: (a: number, y: number) => number;
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const transposed = (w: Matrix) => w[0].map((_, i) => w.map((row) => row[i]));
const isSquare = (w: Matrix) => w.length === w[0].length;

function normalised(z: Matrix): Matrix {
  return transposed(
    transposed(z).map((column) => {
      const mean = column.reduce((sum, one) => sum + one, 0) / column.length;
      const variance = column.reduce((sum, one) => sum + (one - mean) ** 2, 0) / column.length;
      return column.map((one) => (one - mean) / Math.sqrt(variance + 1e-3));
    }),
  );
}

function program(name: string, hooks: Hooks): ShortFormImplementation {
  return {
    name,
    summary: name,
    precision: "float64",
    prepare: ({ network: { layerSizes }, dataset }) => (parameters, given, gradient) => {
      const batch = hooks.rows?.([...given]) ?? [...given];
      const labels = batch.map((row) => dataset.labels[row]);
      const bytes = batch.map((row) => [
        ...dataset.pixels.subarray(row * dataset.features, (row + 1) * dataset.features),
      ]);
      let at = 0;
      const layers = layerSizes.slice(1).map((outputs, l) => {
        const inputs = layerSizes[l];
        const start = at;
        const read = Array.from(
          { length: outputs },
          (_, o) => [...parameters.subarray(at + o * inputs, at + (o + 1) * inputs)],
        );
        at += outputs * inputs;
        const b = [...parameters.subarray(at, at + outputs)];
        at += outputs;
        return {
          start,
          w: hooks.weights?.(read, l + 1) ?? read,
          b: hooks.biases?.(b, l + 1) ?? b,
        };
      });
      const a: Matrix[] = [
        bytes.map((row) => hooks.pixels?.(row) ?? row.map((byte) => byte / 255)),
      ];
      for (const [l, { w, b }] of layers.entries()) {
        const z = a[l].map((x) =>
          w.map((row, o) => row.reduce((sum, weight, i) => sum + weight * x[i], b[o]))
        );
        const isHidden = l < layers.length - 1;
        a.push(
          (isHidden ? hooks.hidden?.(z, l + 1) : undefined) ?? z.map((row) => row.map(sigmoid)),
        );
      }
      let loss = 0;
      let delta = a[layers.length].map((out, n) =>
        out.map((value, k) => {
          const y = Number(k === (hooks.label?.(labels, n) ?? labels[n]));
          loss += (value - y) ** 2 / 2 / batch.length;
          return hooks.outputDelta?.(value, y) ?? (value - y) * value * (1 - value);
        })
      );
      gradient.fill(0);
      for (let l = layers.length - 1; l >= 0; l--) {
        const { start, w, b } = layers[l];
        const inputs = w[0].length;
        delta.forEach((ofRow, n) =>
          ofRow.forEach((d, o) => {
            a[l][n].forEach((x, i) => gradient[start + o * inputs + i] += d * x / batch.length);
            gradient[start + w.length * inputs + o] += d / batch.length;
          })
        );
        if (l === 0) break;
        const below = transposed(w);
        delta = delta.map((ofRow, n) =>
          below.map((column, i) =>
            column.reduce((sum, weight, o) => sum + weight * ofRow[o], 0) * a[l][n][i] *
            (1 - a[l][n][i])
          )
        );
        if (b.length === 0) break;
      }
      return loss;
    },
  };
}

/** Where a mistake is: what its finding must name. */
export interface OddProgram {
  readonly program: ShortFormImplementation;
  readonly stage: "behaviour" | "pixels" | "activation" | "output" | "rows";
  /** Absent where no layer is meant. */
  readonly layer?: number;
  readonly layerSizes?: readonly number[];
}

export const ODD_PROGRAMS: readonly OddProgram[] = [
  {
    stage: "behaviour",
    program: (() => {
      const random = randomFrom(7, "dropout");
      return program("dropout_left_on", {
        hidden: (z) =>
          z.map((row) => row.map((one) => random.uniform() < 0.2 ? 0 : sigmoid(one) / 0.8)),
      });
    })(),
  },
  {
    stage: "rows",
    program: program("neighbours_label_in_odd_rows", {
      label: (labels, n) => labels[n % 2 === 1 ? n - 1 : n],
    }),
  },
  {
    stage: "rows",
    program: program("last_row_repeated", { rows: (batch) => [...batch, batch[batch.length - 1]] }),
  },
  {
    stage: "rows",
    layer: 1,
    program: program("normalised_over_the_batch", {
      hidden: (z, layer) => layer === 1 ? normalised(z).map((row) => row.map(sigmoid)) : undefined!,
    }),
  },
  {
    stage: "activation",
    layer: 2,
    program: program("sigmoid_cut_at_2", {
      hidden: (z, layer) =>
        z.map((row) =>
          row.map((one) => sigmoid(layer === 2 ? Math.max(-2, Math.min(2, one)) : one))
        ),
    }),
  },
  {
    stage: "pixels",
    layer: 1,
    program: program("pixels_in_16_steps", {
      pixels: (bytes) => bytes.map((byte) => Math.floor(byte / 16) / 15),
    }),
  },
  {
    stage: "activation",
    layer: 1,
    program: program("activation_twice", {
      hidden: (z, layer) =>
        z.map((row) => row.map((one) => layer === 1 ? sigmoid(sigmoid(one)) : sigmoid(one))),
    }),
  },
  {
    stage: "activation",
    layer: 2,
    layerSizes: [20, 6, 6, 3],
    program: program("weights_made_symmetric", {
      weights: (w) => isSquare(w) ? w.map((row, o) => row.map((one, i) => (one + w[i][o]) / 2)) : w,
    }),
  },
  {
    stage: "activation",
    layer: 1,
    program: program("biases_set_inside", {
      biases: (b, layer) => layer === 1 ? b.map(() => 0.5) : b,
    }),
  },
  {
    stage: "output",
    layer: 3,
    program: program("absolute_cost_of_a_distance", {
      outputDelta: (a, y) => (a - y) / Math.sqrt((a - y) ** 2 + 0.01) * a * (1 - a),
    }),
  },
];
