import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { idx, idxImages, idxLabels } from "../support/idx.ts";
import { slope, withFolder } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const [COUNT, FEATURES] = [4_000_000, 784];
/** 3.1 GB, of which only these images lie on the disk: the rest are holes. */
const INKED = [0, 1, 2_000_000, 2_739_137, COUNT - 1];

test(
  "a set of 3 GB is described and trained on; a trial holds its subset, not the file",
  SLOW,
  () =>
    withFolder(async (folder) => {
      const images = join(folder, "train-images-idx3-ubyte");
      writeFileSync(images, idx(0x803, [COUNT, 28, 28], new Uint8Array()));
      truncateSync(images, 16 + COUNT * FEATURES);
      const file = openSync(images, "r+");
      for (const n of INKED) {
        writeSync(file, new Uint8Array(100).fill(200), 0, 100, 16 + n * FEATURES + 300);
      }
      closeSync(file);
      const labels = Uint8Array.from({ length: COUNT }, (_, n) => n % 10);
      writeFileSync(join(folder, "train-labels-idx1-ubyte"), idxLabels(labels));
      const tests = Uint8Array.from({ length: 100 * FEATURES }, (_, i) => i % 7 === 0 ? 255 : 0);
      writeFileSync(join(folder, "t10k-images-idx3-ubyte"), idxImages(tests, 28, 28));
      writeFileSync(join(folder, "t10k-labels-idx1-ubyte"), idxLabels(labels.subarray(0, 100)));
      const environment = { XDG_CACHE_HOME: join(folder, "cache") };

      const info = await slope(["data", "info", folder, "--format", "json"], environment);
      assert.equal(info.code, 0, info.stderr);
      const { train } = JSON.parse(info.stdout);
      assert.equal(train.count, COUNT);
      assert.ok(Math.abs(train.density * COUNT * FEATURES - 100 * INKED.length) < 1e-3);

      const out = join(folder, "runs");
      const bench = await slope([
        "bench",
        ...["--data", folder, "--out", out, "--sizes", "1000,400k"],
        ...[
          "--implementations",
          "wasm_sparse",
          "--epochs",
          "1",
          "--rounds",
          "1",
          "--runtimes",
          "deno",
        ],
      ], environment);
      assert.equal(bench.code, 0, bench.stderr);
      const trials = readFileSync(join(out, "latest", "trials.jsonl"), "utf8").trim().split("\n")
        .map((line) => JSON.parse(line));
      assert.deepEqual(trials.map(({ cell }) => cell.examples).sort((a, b) => a - b), [
        1000,
        400_000,
      ]);
      for (const { status, memory } of trials) {
        assert.equal(status, "ok");
        // 400,000 examples have 314 MB of pixels, which are nearly all 0: none of them is held.
        if (memory.peakRssBytes !== undefined) assert.ok(memory.peakRssBytes < 300e6);
      }
    }),
);
