import assert from "node:assert/strict";
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { badInput } from "../../../tests/support/bad_input.ts";
import { withFolder } from "../../../tests/support/cli.ts";
import { bytesOf, idxOf, npyOf, writeFiles, zipOf } from "../../../tests/support/data_files.ts";
import { idx, idxImages, idxLabels } from "../../../tests/support/idx.ts";
import { assemble } from "../assemble.ts";
import { loadSet } from "./load_set.ts";

/** Two classes, images of 2 × 3; no row of pixels is like another. */
const PIXELS = {
  train: Uint8Array.from({ length: 24 }, (_, i) => 255 - 3 * i),
  test: Uint8Array.from({ length: 12 }, (_, i) => 101 + 5 * i),
};
const LABELS = { train: [0, 1, 1, 0], test: [1, 0] };

const FILES = {
  "train-images-idx3-ubyte": idxImages(PIXELS.train, 2, 3),
  "train-labels-idx1-ubyte": idxLabels(LABELS.train),
  "t10k-images-idx3-ubyte": idxImages(PIXELS.test, 2, 3),
  "t10k-labels-idx1-ubyte": idxLabels(LABELS.test),
};
type Names = keyof typeof FILES;

const renamed = (to: (name: Names) => string) =>
  Object.fromEntries(Object.entries(FILES).map(([name, file]) => [to(name as Names), file]));
const packed = (files: Record<string, Uint8Array>) =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [name, gzipSync(file)]));

/** The set that lies in these files, with what was noted apart from its unusual shape. */
function read(files: Record<string, Uint8Array | string>, within = "") {
  let made: ReturnType<typeof assemble> | undefined;
  return withFolder((folder) => {
    writeFiles(folder, files);
    made = assemble(loadSet(join(folder, ".").replace(/\/$/, "") + within));
    return Promise.resolve();
  }).then(() => {
    const { train, test, shape, notes } = made!;
    return { train, test, shape, kinds: notes.map(({ kind }) => kind).filter(isTold), notes };
  });
}
const isTold = (kind: string) => kind !== "other-shape" && kind !== "dim";

async function readsTheSet(
  files: Record<string, Uint8Array | string>,
  { within = "", kinds = [] as string[], rows = 2 } = {},
) {
  const found = await read(files, within);
  assert.deepEqual(Array.from(found.train.pixels), Array.from(PIXELS.train));
  assert.deepEqual(Array.from(found.train.labels), LABELS.train);
  assert.deepEqual(Array.from(found.test.pixels), Array.from(PIXELS.test));
  assert.deepEqual(Array.from(found.test.labels), LABELS.test);
  assert.deepEqual(found.shape, { rows, columns: 6 / rows });
  assert.deepEqual(found.kinds, kinds);
}

const refuses = (files: Record<string, Uint8Array | string>, message: RegExp, within = "") =>
  assert.rejects(() => read(files, within), badInput(message));

const as = (type: number, lengths: number[], map: (byte: number) => number) => ({
  ...FILES,
  "train-images-idx3-ubyte": idxOf(type, [4, ...lengths], Array.from(PIXELS.train, map)),
  "t10k-images-idx3-ubyte": idxOf(type, [2, ...lengths], Array.from(PIXELS.test, map)),
});
const same = (byte: number) => byte;

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

test("images stored flat are squares, or one line where no square fits", () =>
  readsTheSet(as(0x08, [6], same), { rows: 1 }));

const MAPPED = ["pixels-mapped"];
test("floats from 0 to 1 become bytes", () =>
  readsTheSet(as(0x0d, [2, 3], (byte) => byte / 255), { kinds: MAPPED }));
test("signed bytes are read as unsigned ones, or shifted back where black is −128", async () => {
  await readsTheSet(as(0x09, [2, 3], (byte) => byte << 24 >> 24), { kinds: MAPPED });
  const black = PIXELS.train.map((byte, i) => i % 3 === 0 ? byte : 0);
  const shifted = {
    ...as(0x09, [2, 3], (byte) => byte - 128),
    "train-images-idx3-ubyte": idxOf(0x09, [4, 2, 3], Array.from(black, (byte) => byte - 128)),
  };
  const { train, notes } = await read(shifted);
  assert.deepEqual(Array.from(train.pixels), Array.from(black));
  assert.deepEqual(notes[0], {
    kind: "pixels-mapped",
    how: "shifted",
    least: -128,
    greatest: 127,
  });
});
test("other ranges are mapped linearly, and fractions are rounded", async () => {
  const { train, notes } = await read(as(0x0d, [2, 3], (byte) => byte / 100 - 1));
  const { least, greatest } = { least: 101 / 100 - 1, greatest: 1.55 };
  assert.deepEqual(
    Array.from(train.pixels),
    Array.from(PIXELS.train, (byte) => {
      const value = Math.fround(byte / 100 - 1);
      return Math.round(
        255 * (value - Math.fround(least)) / (Math.fround(greatest) - Math.fround(least)),
      );
    }),
  );
  assert.equal(notes[0].kind, "pixels-mapped");
  const rounded = await read(as(0x0d, [2, 3], (byte) => Math.max(0, byte - 0.25)));
  assert.deepEqual(Array.from(rounded.train.pixels), Array.from(PIXELS.train));
});
test("pixels that are not numbers are refused", () =>
  refuses(
    as(0x0d, [2, 3], (byte) => byte === 246 ? NaN : byte),
    /pixel of example 0 is not a number/,
  ));

test("bytes after the last value and a second gzip are told", async () => {
  const images = new Uint8Array(FILES["train-images-idx3-ubyte"].length + 7);
  images.set(FILES["train-images-idx3-ubyte"]);
  await readsTheSet({ ...FILES, "train-images-idx3-ubyte": images }, { kinds: ["trailing"] });
  await readsTheSet({
    ...FILES,
    "t10k-labels-idx1-ubyte": gzipSync(gzipSync(FILES["t10k-labels-idx1-ubyte"])),
  }, { kinds: ["packed-again"] });
});

test("QMNIST's labels have the class in the first of eight columns", () => {
  const columns = (labels: number[]) =>
    idxOf(0x0c, [labels.length, 8], labels.flatMap((label) => [label, 1, 20, 3, 4, 5, 60_000, 0]));
  return readsTheSet({
    "qmnist-train-images-idx3-ubyte.gz": gzipSync(FILES["train-images-idx3-ubyte"]),
    "qmnist-train-labels-idx2-int.gz": gzipSync(columns(LABELS.train)),
    "qmnist-train-labels.tsv.gz": "0\t1\n",
    "qmnist-test-images-idx3-ubyte.gz": gzipSync(FILES["t10k-images-idx3-ubyte"]),
    "qmnist-test-labels-idx2-int.gz": gzipSync(columns(LABELS.test)),
    "xnist-images-idx3-ubyte.xz": Uint8Array.of(0xfd, 0x37, 0x7a),
  }, { kinds: ["label-column", "label-column"] });
});

test("one-hot labels of integers and of floats are read", () => {
  const rows = (labels: number[]) => labels.flatMap((label) => [1 - label, label]);
  return readsTheSet({
    ...FILES,
    "train-labels-idx1-ubyte": idxOf(0x08, [4, 2], rows(LABELS.train)),
    "t10k-labels-idx1-ubyte": idxOf(0x0d, [2, 2], rows(LABELS.test)),
  }, { kinds: ["one-hot", "one-hot"] });
});

test("images and labels whose names are swapped are put right", () =>
  readsTheSet({
    ...FILES,
    "train-images-idx3-ubyte": FILES["train-labels-idx1-ubyte"],
    "train-labels-idx1-ubyte": FILES["train-images-idx3-ubyte"],
  }, { kinds: ["swapped"] }));

test("labels in place of images are refused", () =>
  refuses(
    { ...FILES, "train-images-idx3-ubyte": FILES["train-labels-idx1-ubyte"] },
    /train-images-idx3-ubyte": it holds 4 single numbers, as labels do/,
  ));

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

test("plain names come before those of another set in the same folder, and that is told", () =>
  readsTheSet({ ...FILES, ...EMNIST("digits", (label) => label) }, { kinds: ["other-sets"] }));

const header = "label,1x1,1x2,1x3,2x1,2x2,2x3\n";
const csv = (pixels: Uint8Array, labels: number[], start = "") =>
  start +
  labels.map((label, n) => [label, ...pixels.subarray(6 * n, 6 * n + 6)].join(",")).join("\n") +
  "\n";

test("CSV files are read with and without a header, the label first, last or by its name", async () => {
  for (const start of ["", header]) {
    await readsTheSet({
      "mnist_train.csv": csv(PIXELS.train, LABELS.train, start),
      "mnist_test.csv": csv(PIXELS.test, LABELS.test, start),
    }, { rows: 1 });
  }
  const last = (pixels: Uint8Array, labels: number[]) =>
    "a,b,c,d,e,f,class\n" +
    labels.map((label, n) => [...pixels.subarray(6 * n, 6 * n + 6), label].join(",")).join("\n");
  await readsTheSet({
    "train.csv": last(PIXELS.train, LABELS.train),
    "test.csv": last(PIXELS.test, LABELS.test),
  }, { rows: 1 });
});

/** Labels and images of 2 × 2 in 14 lines; the corners are black. */
const LINES = Array.from({ length: 14 }, (_, n) => [n % 2, 0, 200 + n, 100 + n, 0]);
const kaggle = (lines: number[][], names: string) =>
  `${names}\n${lines.map((line) => line.join(",")).join("\n")}\n`;

test("Kaggle's competition: the test file has no labels, so some training examples are held out", async () => {
  const names = "pixel0,pixel1,pixel2,pixel3";
  const { train, test, shape, notes } = await read({
    "train.csv": kaggle(LINES, `label,${names}`),
    "test.csv": kaggle(LINES.map((line) => line.slice(1)), names),
    "sample_submission.csv": "ImageId,Label\n1,0\n",
  });
  assert.deepEqual(shape, { rows: 2, columns: 2 });
  assert.deepEqual([train.count, test.count], [12, 2]);
  assert.deepEqual(Array.from(test.labels).sort(), [0, 1]);
  // Every line is in exactly one of the two, with its own label.
  const rows = [train, test].flatMap(({ pixels, labels }) =>
    Array.from(labels, (label, n) => [label, ...pixels.subarray(4 * n, 4 * n + 4)])
  );
  assert.deepEqual(rows.toSorted((a, b) => a[2] - b[2]), LINES);
  assert.deepEqual(notes.filter(({ kind }) => kind === "held-out"), [
    { kind: "held-out", examples: 2, of: 14, which: "balanced" },
  ]);
  assert.equal(notes[0].kind, "unlabelled");
});

test("without names the label is the first column that varies, the first or last; numbers of rows are dropped", async () => {
  const plain = LINES.map((line) => line.join(",")).join("\n");
  const first = await read({ "digits.csv": plain });
  const last = await read({
    "optdigits.tra": LINES.map(([label, ...pixels]) => [...pixels, label].join(",")).join("\n"),
  });
  const numbered = await read({
    "digits.csv": LINES.map((line, n) => [n, ...line].join(",")).join("\n"),
  });
  const named = await read({
    "digits.csv": kaggle(LINES.map((line, n) => [n, ...line]), ",label,p0,p1,p2,p3"),
  });
  for (const other of [last, numbered, named]) {
    assert.deepEqual(other.train, first.train);
    assert.deepEqual(other.test, first.test);
  }
  assert.deepEqual(Array.from(first.train.pixels.subarray(0, 4)).slice(1, 3).map((p) => p >= 100), [
    true,
    true,
  ]);
});

const npy = (pixels: Uint8Array, shape = [pixels.length / 6, 2, 3]) => npyOf("|u1", shape, pixels);
const int64 = (labels: number[]) =>
  npyOf("<i8", [labels.length], bytesOf(BigInt64Array.from(labels, BigInt)));
const NPZ = {
  "x_train.npy": npy(PIXELS.train),
  "y_train.npy": int64(LABELS.train),
  "x_test.npy": npy(PIXELS.test),
  "y_test.npy": npyOf("|u1", [2], Uint8Array.from(LABELS.test)),
};

test("mnist.npz, other names of its arrays, and arrays in files of their own are read", async () => {
  await readsTheSet({ "mnist.npz": zipOf(NPZ) });
  await readsTheSet({ "mnist.npz": zipOf(NPZ) }, { within: "/mnist.npz" });
  await readsTheSet({
    "data.npz": zipOf({
      "train_images.npy": NPZ["x_train.npy"],
      "train_labels.npy": NPZ["y_train.npy"],
      "test_images.npy": NPZ["x_test.npy"],
      "test_labels.npy": NPZ["y_test.npy"],
    }),
  });
  await readsTheSet({
    "kmnist-train-imgs.npz": zipOf({ "arr_0.npy": NPZ["x_train.npy"] }),
    "kmnist-train-labels.npz": zipOf({ "arr_0.npy": NPZ["y_train.npy"] }),
    "kmnist-test-imgs.npz": zipOf({ "arr_0.npy": NPZ["x_test.npy"] }),
    "kmnist-test-labels.npz": zipOf({ "arr_0.npy": NPZ["y_test.npy"] }),
  });
  await readsTheSet({
    "X_train.npy": NPZ["x_train.npy"],
    "y_train.npy": NPZ["y_train.npy"],
    "X_test.npy": NPZ["x_test.npy"],
    "y_test.npy": NPZ["y_test.npy"],
  });
});

test("digits of 8 × 8 pixels that count to 16 become bytes", async () => {
  const images = Float64Array.from({ length: 14 * 64 }, (_, i) => i % 17);
  const { train, test, shape, notes } = await read({
    "digits.npz": zipOf({
      "data.npy": npyOf("<f8", [14, 64], bytesOf(images)),
      "target.npy": int64(LINES.map(([label]) => label)),
    }),
  });
  assert.deepEqual(shape, { rows: 8, columns: 8 });
  assert.deepEqual([train.features, train.count, test.count], [64, 12, 2]);
  assert.ok(
    train.pixels.every((byte) => byte === Math.round(255 * Math.round(byte / 255 * 16) / 16)),
  );
  assert.equal(Math.max(...train.pixels), 255);
  assert.deepEqual(notes.find(({ kind }) => kind === "pixels-mapped"), {
    kind: "pixels-mapped",
    how: "linear",
    least: 0,
    greatest: 16,
  });
});

test("images in colour keep every number", async () => {
  const images = Uint8Array.from({ length: 14 * 12 }, (_, i) => i);
  const { train, shape } = await read({
    "x_train.npy": npyOf("|u1", [14, 2, 2, 3], images),
    "y_train.npy": int64(LINES.map(([label]) => label)),
  });
  assert.deepEqual(shape, { rows: 2, columns: 2, channels: 3, isInterleaved: true });
  assert.equal(train.features, 12);
});

test("numbers of images and labels that differ are refused; the hint names what would fit", async () => {
  const swapped = {
    ...FILES,
    "train-labels-idx1-ubyte": FILES["t10k-labels-idx1-ubyte"],
    "t10k-labels-idx1-ubyte": FILES["train-labels-idx1-ubyte"],
  };
  await refuses(swapped, /has 2 labels, expected 4, one for each image of ".*train-images/);
  await assert.rejects(read(swapped), ({ hint }: { hint: string }) => {
    assert.match(hint, /as many as the images of ".*t10k-images/);
    return true;
  });
});

test("truncated files are refused with what they hold", async () => {
  const whole = FILES["train-images-idx3-ubyte"];
  await refuses(
    { ...FILES, "train-images-idx3-ubyte": whole.subarray(0, 16 + 13) },
    /train-images-idx3-ubyte": it is truncated: 29 bytes .* which hold 2 of 4 examples/,
  );
  const zip = gzipSync(whole);
  await refuses(
    { ...FILES, "train-images-idx3-ubyte": zip.subarray(0, zip.length - 12) },
    /gzip data is damaged or cut off after \d+ bytes/,
  );
  const npz = zipOf(NPZ);
  await refuses(
    { "mnist.npz": npz.subarray(0, npz.length - 30) },
    /zip archive of \d+ bytes is damaged/,
  );
});

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
