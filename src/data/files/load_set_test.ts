import assert from "node:assert/strict";
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { badInput } from "../../../tests/support/bad_input.ts";
import { withFolder } from "../../../tests/support/cli.ts";
import { npyOf, writeFiles, zipOf } from "../../../tests/support/data_files.ts";
import { idx, idxLabels } from "../../../tests/support/idx.ts";
import {
  as,
  csv,
  FILES,
  LABELS,
  packed,
  PIXELS,
  read,
  readsTheSet,
  refuses,
  renamed,
  same,
} from "../../../tests/support/tiny_set.ts";
import { assemble } from "../assemble.ts";
import { loadSet } from "./load_set.ts";

const PLACES: Readonly<Record<string, [Record<string, Uint8Array | string>, string?]>> = {
  "plain names": [FILES],
  "plain names, packed": [packed(renamed((name) => `${name}.gz`))],
  "names that browsers gave": [packed(renamed((name) => `${name} (1).gz`))],
  "files that a browser unpacked but called .gz": [renamed((name) => `${name}.gz`)],
  "names with a dot": [renamed((name) => name.replace("-idx", ".idx"))],
  "torchvision's folder": [renamed((name) => `MNIST/raw/${name}`)],
  "torchvision's folder with both packed and raw files": [{
    ...renamed((name) => `MNIST/raw/${name}`),
    ...packed(renamed((name) => `MNIST/raw/${name}.gz`)),
  }],
  "Kaggle's archive, with folders that hold the files again": [{
    ...renamed((name) => `archive/${name.replace("-idx", ".idx")}`),
    ...renamed((name) => `archive/${name}/${name}`),
  }],
  "a folder of notes, code and other people's files beside them": [{
    ...FILES,
    "train.py": "print()",
    "results.csv": "epoch,loss\n1,0.5\n",
    "model.bin": Uint8Array.of(1, 2, 3),
  }],
  "a zip archive": [{ "archive.zip": zipOf(renamed((name) => `archive/${name}`)) }],
  "a zip archive that is named": [{ "x.zip": zipOf(packed(renamed((n) => `${n}.gz`))) }, "/x.zip"],
  "one of the four files that is named": [FILES, "/t10k-labels-idx1-ubyte"],
  "one of several sets": [{
    ...renamed((name) => `a-${name}`),
    "b-train-images-idx3-ubyte": FILES["t10k-images-idx3-ubyte"],
    "b-train-labels-idx1-ubyte": FILES["t10k-labels-idx1-ubyte"],
  }, "#a"],
  "16-bit integers": [as(0x0b, [2, 3], same)],
  "32-bit integers": [as(0x0c, [2, 3], same)],
  "four dimensions, the channel first": [as(0x08, [1, 2, 3], same)],
  "four dimensions, the channel last": [as(0x08, [2, 3, 1], same)],
  "float64 from 0 to 255": [as(0x0e, [2, 3], same)],
};
for (const [name, [files, within]] of Object.entries(PLACES)) {
  test(`a set is read from ${name}`, () => readsTheSet(files, within ? { within } : {}));
}

const EMNIST = (split: string, labels: (label: number) => number) => ({
  [`emnist-${split}-train-images-idx3-ubyte.gz`]: gzipSync(FILES["train-images-idx3-ubyte"]),
  [`emnist-${split}-train-labels-idx1-ubyte.gz`]: gzipSync(idxLabels(LABELS.train.map(labels))),
  [`emnist-${split}-test-images-idx3-ubyte.gz`]: gzipSync(FILES["t10k-images-idx3-ubyte"]),
  [`emnist-${split}-test-labels-idx1-ubyte.gz`]: gzipSync(idxLabels(LABELS.test.map(labels))),
  [`emnist-${split}-mapping.txt`]: "1 65\n",
});
const EMNIST_FOLDER = {
  ...EMNIST("letters", (label) => label === 1 ? 26 : 1),
  ...EMNIST("digits", (label) => label),
  ...EMNIST("mnist", (label) => label),
};

test("EMNIST's images are turned, its letters numbered from 0, its classes known", async () => {
  for (const within of ["#letters", "#emnist-letters", "#Letters"]) {
    const { train, test, shape, kinds } = await read(EMNIST_FOLDER, within);
    assert.deepEqual(shape, { rows: 3, columns: 2 });
    // Stored in lines of three: 255 252 249, 246 243 240.
    assert.deepEqual(Array.from(train.pixels.subarray(0, 6)), [255, 246, 252, 243, 249, 240]);
    assert.deepEqual(Array.from(train.labels), [0, 25, 25, 0]);
    assert.deepEqual([train.classes, test.classes], [26, 26]);
    assert.deepEqual(kinds, ["transposed", "labels-shifted"]);
  }
  const { train, kinds } = await read(EMNIST_FOLDER, "#mnist");
  assert.deepEqual([train.classes, Array.from(train.labels)], [10, LABELS.train]);
  assert.deepEqual(kinds, ["transposed"]);
});

test("a folder with several sets asks which, and an unknown one is refused with their names", async () => {
  await refuses(EMNIST_FOLDER, /it holds 3 sets, emnist-digits, emnist-letters, emnist-mnist/);
  await refuses(
    EMNIST_FOLDER,
    /#lettres": no set has that name, expected one of emnist-/,
    "#lettres",
  );
  await assert.rejects(read(EMNIST_FOLDER), ({ hint }: { hint: string }) => {
    assert.match(hint, /--data '.*#digits'/);
    return true;
  });
  await refuses(
    { ...renamed((name) => `MNIST/raw/${name}`), ...renamed((name) => `KMNIST/raw/${name}`) },
    /it holds 2 sets, kmnist, mnist/,
  );
});

test("training and test files of different lengths are one set", () =>
  readsTheSet({
    "mnist_train_100.csv": csv(PIXELS.train, LABELS.train),
    "mnist_test_10.csv": csv(PIXELS.test, LABELS.test),
  }, { rows: 1 }));

test("plain names come before those of another set in the same folder, and that is told", () =>
  readsTheSet({ ...FILES, ...EMNIST("digits", (label) => label) }, { kinds: ["other-sets"] }));

test("every missing file is named, with those that are there", () =>
  withFolder((folder) => {
    writeFiles(folder, FILES);
    rmSync(join(folder, "train-labels-idx1-ubyte"));
    rmSync(join(folder, "t10k-images-idx3-ubyte"));
    assert.throws(
      () => loadSet(folder),
      badInput(
        /train-labels-idx1-ubyte, t10k-images-idx3-ubyte missing beside train-images-idx3-ubyte/,
      ),
    );
  }));

test("an empty folder, one without data, a missing one and a test set alone are refused", async () => {
  await refuses({}, /no images and labels found; it is empty/);
  await refuses({ "notes.md": "x" }, /no images and labels found; it has notes\.md/);
  await refuses(FILES, /Cannot read the data folder/, "/none");
  await refuses(
    { "t10k-images-idx3-ubyte": FILES["t10k-images-idx3-ubyte"] },
    /train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-labels-idx1-ubyte missing/,
  );
  await refuses({ "mnist.pkl.gz": gzipSync(Uint8Array.of(0x80, 2, 0x5d)) }, /a Python pickle/);
});

test("a file that is too large to be held is read in part, with a note, and its labels, too", () =>
  withFolder((folder) => {
    writeFiles(folder, {
      "mnist8m-patterns-idx3-ubyte": FILES["train-images-idx3-ubyte"],
      "mnist8m-labels-idx1-ubyte": FILES["train-labels-idx1-ubyte"],
      "test10k-patterns": FILES["t10k-images-idx3-ubyte"],
      "test10k-labels": FILES["t10k-labels-idx1-ubyte"],
    });
    const { train, test, notes } = assemble(loadSet(folder, { mostBytes: 32 }));
    // 32 bytes hold all four images of six pixels, though not the header as well.
    assert.equal(train.count, 4);
    assert.equal(test.count, 2);
    assert.ok(!notes.some(({ kind }) => kind === "first-examples"));
    const part = assemble(loadSet(folder, { mostBytes: 20 }));
    assert.deepEqual(Array.from(part.train.pixels), Array.from(PIXELS.train.subarray(0, 18)));
    assert.deepEqual(Array.from(part.train.labels), LABELS.train.slice(0, 3));
    const note = part.notes.find(({ kind }) => kind === "first-examples");
    assert.ok(note?.kind === "first-examples");
    assert.deepEqual([note.examples, note.of, note.bytes], [3, 4, 40]);
    writeFileSync(join(folder, "mnist8m-patterns-idx3-ubyte"), new Uint8Array(64).fill(1));
    assert.throws(
      () => loadSet(folder, { mostBytes: 20 }),
      badInput(/64 bytes, more than 20 are read at once, expected IDX/),
    );
  }));

test("of mnist8m, 6.35 GB, the first examples are read; one that ends too early is refused", () =>
  withFolder((folder) => {
    const [count, features] = [8_100_000, 784];
    const path = join(folder, "mnist8m-patterns-idx3-ubyte");
    writeFileSync(path, idx(0x803, [count, 28, 28], Uint8Array.from({ length: 784 }, (_, i) => i)));
    truncateSync(path, 16 + count * features);
    writeFileSync(
      join(folder, "mnist8m-labels-idx1-ubyte"),
      idxLabels(Uint8Array.from({ length: count }, (_, n) => n % 10)),
    );
    const { train, test, notes } = assemble(loadSet(folder, { mostBytes: 1000 * features }));
    assert.deepEqual([train.count, test.count, train.classes], [858, 142, 10]);
    const first = [train, test].find(({ pixels }) => pixels[1] === 1)!;
    assert.equal(first.labels[0], 0);
    assert.ok(first.pixels.subarray(0, 784).every((byte, i) => byte === i % 256));
    const note = notes.find(({ kind }) => kind === "first-examples");
    assert.ok(note?.kind === "first-examples");
    assert.deepEqual([note.examples, note.of, note.bytes], [1000, count, 6_350_400_016]);
    truncateSync(path, 2_400_000_000);
    assert.throws(
      () => loadSet(folder, { mostBytes: 1000 * features }),
      badInput(/truncated: 2400000000 bytes .* which hold 3061224 of 8100000 examples/),
    );
  }));

test("a file that is named is read, whatever its name", async () => {
  const text = csv(PIXELS.train, LABELS.train, "label,a,b,c,d,e,f\n");
  for (const name of ["notes.txt", "digits.md", "mapping.data"]) {
    const { train, test: held } = await read({ [name]: text }, `/${name}`);
    assert.equal(train.count + held.count, LABELS.train.length, name);
  }
});

test("JSON and pictures are refused by what they are", async () => {
  await refuses(
    { "digits.json": '{"images": [[0, 1]], "labels": [5]}' },
    /it is JSON/,
    "/digits.json",
  );
  const picture = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
  await refuses({ "train/0/1.jpg": picture, "train/1/2.jpg": picture }, /it is a JPEG image/);
});

test("arrays that have an example in each column are turned, and labels in a row are read", async () => {
  const columns = (values: ArrayLike<number>, rows: number) => {
    const count = values.length / rows;
    return Uint8Array.from(values, (_, i) => values[(i % count) * rows + Math.floor(i / count)]);
  };
  const arrays = (x: Uint8Array, y: number[]) => ({
    x: npyOf("|u1", [6, y.length], columns(x, 6)),
    row: npyOf("|u1", [1, y.length], Uint8Array.from(y)),
    oneHot: npyOf("|u1", [2, y.length], columns(y.flatMap((label) => [1 - label, label]), 2)),
  });
  const [train, test] = [
    arrays(PIXELS.train, LABELS.train),
    arrays(PIXELS.test, LABELS.test),
  ];
  const images = { "train_x.npy": train.x, "test_x.npy": test.x };
  const turned = ["examples-in-columns", "examples-in-columns"];
  await readsTheSet(
    { ...images, "train_y.npy": train.row, "test_y.npy": test.row },
    { rows: 1, kinds: turned },
  );
  const { train: read1, kinds } = await read({
    ...images,
    "train_y.npy": train.oneHot,
    "test_y.npy": test.row,
  });
  assert.deepEqual(Array.from(read1.labels), LABELS.train);
  assert.deepEqual(kinds.toSorted(), [...turned, "one-hot"]);
  await readsTheSet({
    "train_x.npy": npyOf("|u1", [4, 2, 3], PIXELS.train),
    "test_x.npy": npyOf("|u1", [2, 2, 3], PIXELS.test),
    "train_y.npy": train.row,
    "test_y.npy": test.row,
  });
});
