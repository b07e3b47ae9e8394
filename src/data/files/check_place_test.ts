import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../../tests/support/cli.ts";
import { idxImages, idxLabels, writeIdxSet } from "../../../tests/support/idx.ts";
import { SET } from "../../../tests/support/resolve_here.ts";
import { checkPlace } from "./check_place.ts";

const errorsIn = (folder: string) =>
  checkPlace(folder).flatMap(({ role, error }) => error === undefined ? [] : [[role, error]]);

test("whole files that fit each other have no error", () =>
  withFolder((folder) => {
    writeIdxSet(folder, SET);
    assert.deepEqual(errorsIn(folder), []);
  }));

test("labels that are not as many as their images, and images of another shape, are errors", () =>
  withFolder((folder) => {
    writeIdxSet(folder, { ...SET, gzip: false });
    writeFileSync(join(folder, "train-labels-idx1-ubyte"), idxLabels(SET.train.labels.slice(1)));
    writeFileSync(
      join(folder, "t10k-images-idx3-ubyte"),
      idxImages(new Uint8Array(20 * 14 * 14), 14, 14),
    );
    assert.deepEqual(errorsIn(folder), [
      [
        "trainLabels",
        "it has 59 labels, expected 60, one for each image of train-images-idx3-ubyte",
      ],
      [
        "testImages",
        "its images have 14 × 14 pixels, expected 28 × 28, as those of train-images-idx3-ubyte",
      ],
    ]);
  }));

test("a missing file is an error of its own, and none of the file beside it", () =>
  withFolder((folder) => {
    writeIdxSet(folder, SET);
    rmSync(join(folder, "t10k-images-idx3-ubyte.gz"));
    assert.deepEqual(errorsIn(folder), [["testImages", "missing"]]);
  }));

test("a training set alone is usable, and half a test set is not", () =>
  withFolder((folder) => {
    writeIdxSet(folder, SET);
    rmSync(join(folder, "t10k-images-idx3-ubyte.gz"));
    assert.equal(errorsIn(folder).length, 1);
    rmSync(join(folder, "t10k-labels-idx1-ubyte.gz"));
    assert.deepEqual(checkPlace(folder).map(({ role, error }) => [role, error]), [
      ["trainImages", undefined],
      ["trainLabels", undefined],
    ]);
  }));
