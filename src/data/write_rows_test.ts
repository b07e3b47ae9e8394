import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { randomDataset } from "../../tests/support/problems.ts";
import { storedSet } from "./dataset.ts";
import { PixelFile } from "./pixel_file.ts";
import { balancedOrder } from "./subset.ts";
import { writeRows } from "./write_rows.ts";

test("rows are written in any order, sorted by regions or one by one", () =>
  withFolder((folder) => {
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    const held = randomDataset(1000, 10, 5);
    writeFileSync(from, held.pixels);
    const { pixels: _, ...described } = held;
    const order = balancedOrder(held.labels, 5, 3);
    for (const set of [held, storedSet(described, new PixelFile(from, 0, 10))]) {
      for (const examples of [1, 20, 333, 1000]) {
        const wanted = order.subarray(0, examples);
        const expected = Array.from(wanted).flatMap((row) =>
          Array.from(held.pixels.subarray(row * 10, row * 10 + 10))
        );
        // Regions of one row, of seven, of a hundred, and one for all.
        for (const regionBytes of [10, 70, 1000, 10_000]) {
          writeRows(to, set, wanted, { regionBytes, waitingBytes: 30 });
          assert.deepEqual(Array.from(readFileSync(to)), expected);
        }
        writeRows(to, set, wanted);
        assert.deepEqual(Array.from(readFileSync(to)), expected);
      }
    }
  }));
