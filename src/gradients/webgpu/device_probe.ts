import { type Gpu, MAP_READ } from "../../base/gpu.ts";
import { Buffers } from "./buffers.ts";
import { createPass, dispatch, read, write } from "./compute_pass.ts";
import { product, TILE } from "./shaders.ts";

/** Sizes that the tile does not divide. The matrices hold small integers, so all sums are exact. */
const ROWS = 19;
const INNER = 37;
const COLUMNS = 21;

/**
 * Multiplies two matrices on the device and checks every number: some drivers and null devices accept all work
 * and return garbage. Returns what is wrong, or undefined.
 */
export async function probeDevice({ device, check }: Gpu): Promise<string | undefined> {
  const left = Float32Array.from({ length: ROWS * INNER }, (_, n) => (n * 7) % 11 - 5);
  const right = Float32Array.from({ length: INNER * COLUMNS }, (_, n) => (n * 5) % 13 - 6);
  const bytes = 4 * ROWS * COLUMNS;
  const buffers = new Buffers(device);
  const products = buffers.storage("the product", ROWS * COLUMNS);
  const readable = buffers.readable("the product", bytes);
  const pass = await createPass(
    device,
    "probe",
    {
      left: read(buffers.filled("the left matrix", left)),
      right: read(buffers.filled("the right matrix", right)),
      result: write(products),
    },
    product({
      rows: `${ROWS}u`,
      columns: `${COLUMNS}u`,
      inner: `${INNER}u`,
      left: `left[row * ${INNER}u + k]`,
      right: `right[k * ${COLUMNS}u + column]`,
      store: `result[row * ${COLUMNS}u + column] = sum;`,
    }),
  );
  const encoder = device.createCommandEncoder();
  const compute = encoder.beginComputePass();
  dispatch(compute, pass, Math.ceil(COLUMNS / TILE), Math.ceil(ROWS / TILE));
  compute.end();
  encoder.copyBufferToBuffer(products, 0, readable, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await readable.mapAsync(MAP_READ);
  check();
  const result = new Float32Array(readable.getMappedRange());
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      let sum = 0;
      for (let k = 0; k < INNER; k++) sum += left[row * INNER + k] * right[k * COLUMNS + column];
      const found = result[row * COLUMNS + column];
      if (found === sum) continue;
      return `it computed ${found} in a matrix product, expected ${sum}`;
    }
  }
  return undefined;
}
