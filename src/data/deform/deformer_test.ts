import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { syntheticDigits } from "../synthetic.ts";
import { createDeformer, frame } from "./deformer.ts";
import { FIELD_UNIT, FIELDS, smoothFields } from "./smooth_fields.ts";

const DIGITS = syntheticDigits(50, 1, "train");
const ORIGINALS = frame({ count: 50, rows: 28, columns: 28, pixels: DIGITS.pixels });
const SEED = 7;
const deform = createDeformer(ORIGINALS, smoothFields(28, 28, SEED), SEED);

function made(from: number, count: number, seed = SEED): Uint8Array {
  const make = seed === SEED ? deform : createDeformer(ORIGINALS, smoothFields(28, 28, seed), seed);
  const pixels = new Uint8Array(count * 784);
  for (let n = 0; n < count; n++) make(from + n, pixels.subarray(n * 784, (n + 1) * 784));
  return pixels;
}

test("every runtime makes the same bytes", () => {
  const sum = createHash("sha256").update(made(0, 1000)).digest("hex");
  assert.equal(sum, "d6f4259c34979df308dee91be82427077b05a41055264a19b1dfd7e08e84bc3c");
});

test("the first examples are the originals", () =>
  assert.deepEqual(made(0, 50), DIGITS.pixels.slice(0, 50 * 784)));

test("an example depends on its number and the seed alone", () => {
  const all = made(0, 400);
  for (const [from, count] of [[0, 7], [49, 3], [399, 1], [120, 200]]) {
    assert.deepEqual(made(from, count), all.slice(from * 784, (from + count) * 784));
  }
  assert.notDeepEqual(made(50, 50), made(100, 50));
  assert.notDeepEqual(made(50, 50), made(50, 50, SEED + 1));
  // Seeds of more than 32 bits count whole.
  assert.notDeepEqual(made(50, 50, 5), made(50, 50, 5 + 2 ** 32));
});

const total = (pixels: Uint8Array) => pixels.reduce((sum, byte) => sum + byte, 0);

/** Pearson's correlation of two images. */
function correlation(a: Uint8Array, b: Uint8Array): number {
  const [meanA, meanB] = [total(a) / a.length, total(b) / b.length];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i] - meanA) * (b[i] - meanB);
    squaresA += (a[i] - meanA) ** 2;
    squaresB += (b[i] - meanB) ** 2;
  }
  return both / Math.sqrt(squaresA * squaresB);
}

test("deformations are small: the ink stays, and an image looks like its own original", () => {
  const count = 50 * 40;
  const pixels = made(50, count);
  assert.ok(Math.abs(total(pixels) / 40 / total(DIGITS.pixels) - 1) < 0.1);
  const own: number[] = [];
  const others: number[] = [];
  for (let n = 0; n < count; n++) {
    const image = pixels.subarray(n * 784, (n + 1) * 784);
    const original = (of: number) => DIGITS.pixels.subarray(of * 784, (of + 1) * 784);
    const ink = total(image) / total(original(n % 50));
    assert.ok(ink > 0.4 && ink < 2.5, `image ${n} has ${ink} of its ink`);
    own.push(correlation(image, original(n % 50)));
    // No digit of another class.
    const other = (n % 50 + 1 + n % 49) % 50;
    if (DIGITS.labels[other] !== DIGITS.labels[n % 50]) {
      others.push(correlation(image, original(other)));
    }
  }
  const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  assert.ok(mean(own) > 0.6 && mean(own) < 0.95, `${mean(own)}`);
  assert.ok(mean(own) - mean(others) > 0.3, `${mean(own)} and ${mean(others)}`);
});

test("images of other sizes are deformed, and an empty one stays empty", () => {
  for (const [rows, columns] of [[1, 1], [1, 9], [8, 5], [40, 61]]) {
    const pixels = Uint8Array.from({ length: 2 * rows * columns }, (_, i) => i % 3 * 120);
    pixels.fill(0, rows * columns);
    const some = createDeformer(
      frame({ count: 2, rows, columns, pixels }),
      smoothFields(rows, columns, 3),
      3,
    );
    const into = new Uint8Array(rows * columns);
    some(2, into);
    assert.equal(into.length, rows * columns);
    into.fill(0);
    some(3, into);
    assert.ok(into.every((byte) => byte === 0));
  }
});

test("fields are smooth, differ from each other and are equally strong", () => {
  const bank = smoothFields(28, 28, SEED);
  assert.equal(bank.length, FIELDS * 784);
  const strengths = Array.from({ length: FIELDS }, (_, f) => {
    const field = bank.subarray(f * 784, (f + 1) * 784);
    let [squares, steps] = [0, 0];
    field.forEach((value, i) => {
      squares += value ** 2;
      if (i % 28 > 0) steps = Math.max(steps, Math.abs(value - field[i - 1]));
    });
    assert.ok(steps < FIELD_UNIT, `a step of ${steps} in field ${f}`);
    return Math.sqrt(squares / 784);
  });
  for (const strength of strengths) assert.ok(Math.abs(strength - FIELD_UNIT) < 2);
  assert.equal(new Set(strengths.map((_, f) => bank[f * 784])).size > FIELDS / 2, true);
});
