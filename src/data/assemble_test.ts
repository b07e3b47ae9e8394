import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { bytesOf, idxOf, npyOf, zipOf } from "../../tests/support/data_files.ts";
import {
  as,
  FILES,
  LABELS,
  LINES,
  PIXELS,
  read,
  readsTheSet,
  refuses,
  same,
} from "../../tests/support/tiny_set.ts";

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
  for (
    const order of [["x_train", "y_train", "x_test", "y_test"], [
      "x_train",
      "x_test",
      "y_train",
      "y_test",
    ]]
  ) {
    const arrays = order.map((name, n) => [`arr_${n}.npy`, NPZ[`${name}.npy` as keyof typeof NPZ]]);
    await readsTheSet({ "mnist.npz": zipOf(Object.fromEntries(arrays)) });
  }
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
