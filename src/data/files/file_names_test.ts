import assert from "node:assert/strict";
import { test } from "node:test";
import { type NamedFile, readFileName } from "./file_names.ts";

type Said = Partial<Omit<NamedFile, "rank">>;

const NAMES: Readonly<Record<string, Said>> = {
  "train-images-idx3-ubyte": { set: "", split: "train", part: "images", format: "idx" },
  "t10k-labels.idx1-ubyte.gz": { set: "", split: "test", part: "labels", format: "idx" },
  "train-images-idx3-ubyte (1).gz": { set: "", split: "train", part: "images", format: "idx" },
  "train-images-idx3-ubyte.gz (1)": { set: "", split: "train", part: "images", format: "idx" },
  "t10k-images-idx3-ubyte(2).gz.gz": { set: "", split: "test", part: "images", format: "idx" },
  "train-labels-idx1-ubyte - Copy.gz": { set: "", split: "train", part: "labels", format: "idx" },
  "t10k-labels-idx1-ubyte copy": { set: "", split: "test", part: "labels", format: "idx" },
  "train-images-idx3-ubyte/train-images-idx3-ubyte": {
    set: "",
    split: "train",
    part: "images",
    format: "idx",
  },
  "MNIST/raw/t10k-images-idx3-ubyte": { set: "mnist", split: "test", part: "images" },
  "FashionMNIST/raw/t10k-images-idx3-ubyte": {
    set: "fashion-mnist",
    split: "test",
    part: "images",
  },
  "EMNIST/raw/emnist-letters-train-labels-idx1-ubyte": {
    set: "emnist-letters",
    split: "train",
    part: "labels",
  },
  "emnist-digits-test-images-idx3-ubyte.gz": {
    set: "emnist-digits",
    split: "test",
    part: "images",
  },
  "qmnist-train-labels-idx2-int.gz": {
    set: "qmnist",
    split: "train",
    part: "labels",
    format: "idx",
  },
  "mnist8m-patterns-idx3-ubyte": { set: "mnist8m", part: "images", format: "idx" },
  "test10k-labels": { set: "", split: "test", part: "labels", format: "unknown" },
  "mnist.npz/x_train.npy": { set: "mnist", split: "train", part: "images", format: "npy" },
  "mnist.npz/test_labels.npy": { set: "mnist", split: "test", part: "labels", format: "npy" },
  "kmnist-train-imgs.npz/arr_0.npy": { set: "kmnist", split: "train", part: "images" },
  "trainX.npy": { set: "", split: "train", part: "images", format: "npy" },
  "ytest.npy": { set: "", split: "test", part: "labels", format: "npy" },
  "train_data.npy": { set: "", split: "train", part: "images" },
  "mnist_train.csv": { set: "mnist", split: "train", format: "csv" },
  "fashion-mnist_test.csv": { set: "fashion-mnist", split: "test", format: "csv" },
  "train.csv": { set: "", split: "train", format: "csv" },
  "optdigits.tes": { set: "optdigits", split: "test", format: "csv" },
  "val_images.npy": { set: "", split: "validation", part: "images" },
};
for (const [name, expected] of Object.entries(NAMES)) {
  test(`"${name}" is understood`, () => {
    const { rank: _, ...said } = readFileName(name)!;
    const told = Object.fromEntries(
      Object.keys(expected).map((key) => [key, said[key as keyof typeof said]]),
    );
    assert.deepEqual(told, expected);
    assert.equal(said.split, expected.split);
    assert.equal(said.part, expected.part);
  });
}

test("companions, code and unfinished downloads are no data", () => {
  for (
    const name of [
      "sample_submission.csv",
      "emnist-letters-mapping.txt",
      "README.txt",
      "train.py",
      "train-images-idx3-ubyte.gz.crdownload",
      "__MACOSX/._train-images-idx3-ubyte",
      ".DS_Store",
    ]
  ) assert.equal(readFileName(name), undefined, name);
});

test("a raw file comes before its gzip, and both before copies and deeper folders", () => {
  const ranks = [
    "train-images-idx3-ubyte",
    "train-images-idx3-ubyte.gz",
    "train-images-idx3-ubyte (1)",
    "train-images-idx3-ubyte (1).gz",
    "train-images-idx3-ubyte/train-images-idx3-ubyte",
  ].map((name) => readFileName(name)!.rank);
  assert.deepEqual(ranks, ranks.toSorted((a, b) => a - b));
  assert.equal(new Set(ranks).size, ranks.length);
});
