import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { randomDataset } from "../../tests/support/problems.ts";
import { type Dataset, firstExamples, storedSet } from "./dataset.ts";
import { PixelFile } from "./pixel_file.ts";
import { chunksOf, copyRow, examplesAt, headOf, rowOf, sliceOf } from "./rows.ts";

const HELD = randomDataset(1000, 30, 7);

/** The same examples, their pixels behind a header in a file. */
function storedIn(folder: string): Dataset {
  const path = join(folder, "pixels");
  writeFileSync(path, Uint8Array.of(1, 2, 3, ...HELD.pixels));
  const { pixels: _, ...described } = HELD;
  return storedSet(described, new PixelFile(path, 3, HELD.features));
}

test("rows, chunks and examples of a file are those of memory", () =>
  withFolder((folder) => {
    const stored = storedIn(folder);
    for (const set of [HELD, stored]) {
      for (const row of [0, 1, 500, 999]) {
        const expected = HELD.pixels.slice(row * 30, (row + 1) * 30);
        assert.deepEqual(rowOf(set, row).slice(), expected);
        const copy = new Uint8Array(30);
        copyRow(set, row, copy);
        assert.deepEqual(copy, expected);
      }
      for (const bytes of [1, 64 * 30, 100 * 30, 2 ** 20]) {
        const all = new Uint8Array(30_000);
        let rows = 0;
        for (const { first, count, pixels } of chunksOf(set, bytes)) {
          assert.equal(first, rows);
          assert.equal(pixels.length, count * 30);
          all.set(pixels, first * 30);
          rows += count;
        }
        assert.equal(rows, 1000);
        assert.deepEqual(all, HELD.pixels);
      }
      const positions = Uint32Array.of(7, 8, 9, 3, 3, 999, 0, 1);
      const found = examplesAt(set, positions);
      assert.deepEqual(Array.from(found.labels), Array.from(positions, (n) => HELD.labels[n]));
      assert.deepEqual(
        Array.from(found.pixels),
        Array.from(positions).flatMap((n) => Array.from(HELD.pixels.subarray(n * 30, n * 30 + 30))),
      );
      assert.deepEqual(headOf(set, 3).pixels, HELD.pixels.slice(0, 90));
      assert.deepEqual(headOf(set, 5000).count, 1000);
    }
  }));

test("all pixels are read when they are asked for, once, and time of reading is known", () =>
  withFolder((folder) => {
    const stored = storedIn(folder);
    assert.equal(stored.stored?.readNs, 0);
    assert.deepEqual(stored.pixels, HELD.pixels);
    assert.equal(stored.pixels, stored.pixels);
    assert.ok(stored.stored!.readNs > 0);
  }));

test("the first examples of a file stay in it", () =>
  withFolder((folder) => {
    const first = firstExamples(storedIn(folder), 10);
    assert.ok(first.stored);
    assert.deepEqual([first.count, first.labels.length], [10, 10]);
    assert.deepEqual(first.pixels, HELD.pixels.slice(0, 300));
  }));

test("a slice of a file is read from it, and its reading counts as that of the whole", () =>
  withFolder((folder) => {
    const stored = storedIn(folder);
    for (const set of [HELD, stored]) {
      const slice = sliceOf(set, 100, 50);
      assert.deepEqual([slice.count, slice.labels.length], [50, 50]);
      assert.equal(slice.labels[0], HELD.labels[100]);
      assert.deepEqual(rowOf(slice, 49).slice(), HELD.pixels.slice(149 * 30, 150 * 30));
      assert.deepEqual(slice.pixels.slice(), HELD.pixels.slice(100 * 30, 150 * 30));
    }
    assert.ok(stored.stored!.readNs > 0);
  }));

test("a file that ends too early is named", () =>
  withFolder((folder) => {
    const stored = storedIn(folder);
    writeFileSync(join(folder, "pixels"), HELD.pixels.subarray(0, 100));
    assert.throws(() => rowOf(stored, 3), /pixels": it ends 23 bytes before row 4 does/);
  }));
