import assert from "node:assert/strict";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { badInput } from "../../tests/support/bad_input.ts";
import { withFolder } from "../../tests/support/cli.ts";
import { idxImages, idxLabels, writeIdxSet } from "../../tests/support/idx.ts";
import { mnistDirectory, skipWithoutMnist } from "../../tests/support/mnist.ts";
import { describeDataset } from "./describe_dataset.ts";
import { checkDirectory, findFiles, loadDirectory } from "./directory.ts";
import { parseImages, parseLabels } from "./idx.ts";
import { FILE_ROLES } from "./mnist.ts";
import { pair } from "./pair.ts";

const SET = {
  train: { count: 4, pixels: new Uint8Array(24).fill(1), labels: Uint8Array.of(0, 1, 2, 1) },
  test: { count: 2, pixels: new Uint8Array(12).fill(2), labels: Uint8Array.of(2, 0) },
  rows: 2,
  columns: 3,
};

test("a folder of raw or of gzip files is loaded", async () => {
  for (const gzip of [true, false]) {
    await withFolder((folder) => {
      writeIdxSet(folder, { ...SET, gzip });
      const files = loadDirectory(folder);
      assert.equal(files.trainImages.count, 4);
      assert.equal(files.trainImages.gzip, gzip);
      assert.deepEqual(Array.from(files.testLabels.labels), [2, 0]);
    });
  }
});

test("a raw file is preferred to its gzip, and other spellings are recognised", () =>
  withFolder((folder) => {
    writeIdxSet(folder, { ...SET, gzip: true });
    writeFileSync(join(folder, "train-labels-idx1-ubyte"), idxLabels(SET.train.labels));
    renameSync(
      join(folder, "t10k-images-idx3-ubyte.gz"),
      join(folder, "t10k-images.idx3-ubyte.gz"),
    );
    renameSync(
      join(folder, "t10k-labels-idx1-ubyte.gz"),
      join(folder, "emnist-test-labels-idx1-ubyte.gz"),
    );
    assert.deepEqual(findFiles(folder), {
      trainImages: "train-images-idx3-ubyte.gz",
      trainLabels: "train-labels-idx1-ubyte",
      testImages: "t10k-images.idx3-ubyte.gz",
      testLabels: "emnist-test-labels-idx1-ubyte.gz",
    });
  }));

test("two sets in one folder are refused", () =>
  withFolder((folder) => {
    for (const split of ["letters", "digits"]) {
      writeFileSync(join(folder, `emnist-${split}-train-images-idx3-ubyte`), "");
    }
    assert.throws(() => findFiles(folder), badInput(/holds emnist-digits-.* and emnist-letters-/));
  }));

test("every missing file is named", () =>
  withFolder((folder) => {
    writeIdxSet(folder, SET);
    rmSync(join(folder, "train-labels-idx1-ubyte.gz"));
    rmSync(join(folder, "t10k-images-idx3-ubyte.gz"));
    assert.throws(
      () => loadDirectory(folder),
      badInput(/train-labels-idx1-ubyte, t10k-images-idx3-ubyte missing/),
    );
  }));

test("a missing folder, and a file instead of a folder, are bad input", () =>
  withFolder((folder) => {
    assert.throws(
      () => loadDirectory(join(folder, "none")),
      badInput(/Cannot read the data folder/),
    );
    writeFileSync(join(folder, "file"), "");
    assert.throws(
      () => loadDirectory(join(folder, "file")),
      badInput(/Cannot read the data folder/),
    );
  }));

test("a check describes each file or says what is wrong with it", () =>
  withFolder((folder) => {
    writeIdxSet(folder, SET);
    rmSync(join(folder, "t10k-labels-idx1-ubyte.gz"));
    writeFileSync(join(folder, "train-labels-idx1-ubyte.gz"), "not an IDX file");
    const [images, labels, testImages, missing] = checkDirectory(folder);
    assert.equal(images.found, "train-images-idx3-ubyte.gz");
    assert.deepEqual([images.count, images.rows, images.columns, images.bytes], [4, 2, 3, 40]);
    assert.equal(images.gzip, true);
    assert.equal(images.isMnist, false);
    assert.equal(images.error, undefined);
    assert.match(labels.error ?? "", /it is not gzip and its magic number/);
    assert.equal(testImages.error, undefined);
    assert.equal(missing.error, "missing");
    assert.equal(missing.found, undefined);
  }));

test("a pair whose counts differ, or with a label out of range, is refused", () => {
  const images = parseImages(idxImages(SET.train.pixels, 2, 3), "images");
  const labels = (...values: number[]) => parseLabels(idxLabels(values), "labels");
  assert.throws(
    () => pair(images, labels(0, 1, 2), 3),
    badInput(/"labels": it has 3 labels, expected 4, one for each image of "images"/),
  );
  assert.throws(
    () => pair(images, labels(0, 1, 3, 2), 3),
    badInput(/label 3 of example 2 is out of range, expected 0 to 2/),
  );
  assert.equal(pair(images, labels(0, 1, 2, 2), 3).features, 6);
});

test("a description counts classes, density and brightness", () => {
  const set = {
    count: 3,
    features: 2,
    classes: 4,
    pixels: Uint8Array.of(0, 255, 0, 0, 51, 0),
    labels: Uint8Array.of(3, 0, 3),
  };
  const description = describeDataset(set);
  assert.deepEqual(description.classCounts, [1, 0, 0, 2]);
  assert.equal(description.density, 2 / 6);
  assert.ok(Math.abs(description.meanPixel - 1.2 / 6) < 1e-12);
  assert.notEqual(
    description.sha256,
    describeDataset({ ...set, labels: Uint8Array.of(3, 0, 2) }).sha256,
  );
});

test(
  "the real files are recognised as MNIST by their checksums",
  { skip: skipWithoutMnist },
  () => {
    const checks = checkDirectory(mnistDirectory()!);
    assert.deepEqual(checks.map((check) => check.role), FILE_ROLES);
    for (const check of checks) assert.ok(check.isMnist, `${check.name}: ${check.error}`);
    assert.deepEqual(checks.map((check) => check.count), [60_000, 60_000, 10_000, 10_000]);
  },
);
