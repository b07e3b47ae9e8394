import type { Dataset } from "../../src/data/dataset.ts";

/** A minibatch, in buffers that the next one of its size overwrites: the libraries copy them at once. */
interface Minibatch {
  /** (rows, features) pixels / 255. */
  readonly inputs: Float32Array;
  /** (rows, classes) 1 at the label, else 0. */
  readonly targets: Float32Array;
}

/**
 * Makes a function that copies the rows of a minibatch together. The data set is converted here, once.
 * Rows are copied rather than gathered from a tensor of the whole subset because that is faster with both
 * libraries: see their programs.
 */
export function createGather(
  dataset: Dataset,
): (rows: Uint32Array) => Minibatch {
  const { count, features, classes, pixels, labels } = dataset;
  const allInputs = Float32Array.from(pixels, (byte) => byte / 255);
  const allTargets = new Float32Array(count * classes);
  for (let n = 0; n < count; n++) allTargets[n * classes + labels[n]] = 1;
  const buffers = new Map<number, Minibatch>();
  return (rows) => {
    let batch = buffers.get(rows.length);
    if (batch === undefined) {
      batch = {
        inputs: new Float32Array(rows.length * features),
        targets: new Float32Array(rows.length * classes),
      };
      buffers.set(rows.length, batch);
    }
    const { inputs, targets } = batch;
    for (let n = 0; n < rows.length; n++) {
      const row = rows[n];
      inputs.set(
        allInputs.subarray(row * features, (row + 1) * features),
        n * features,
      );
      targets.set(
        allTargets.subarray(row * classes, (row + 1) * classes),
        n * classes,
      );
    }
    return batch;
  };
}
