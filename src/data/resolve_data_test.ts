import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { badInput } from "../../tests/support/bad_input.ts";
import { withFolder } from "../../tests/support/cli.ts";
import { idxImages, idxLabels, writeIdxSet } from "../../tests/support/idx.ts";
import { resolveHere, SET } from "../../tests/support/resolve_here.ts";
import { mnistDirectory, skipWithoutMnist } from "../../tests/support/mnist.ts";
import { InputError } from "../base/errors.ts";
import { describeDataset } from "./describe_dataset.ts";
import { folderInCache, MNIST } from "./known_sets.ts";

test("a named folder is used, named by its checksum, and nothing is announced", () =>
  withFolder(async (folder) => {
    writeIdxSet(folder, SET);
    const { train, test, source, shape, lines } = await resolveHere({ place: folder });
    assert.deepEqual(train, SET.train);
    assert.deepEqual(test, SET.test);
    assert.deepEqual(shape, { rows: 28, columns: 28 });
    assert.equal(source.name, `idx-${source.sha256.trainImages.slice(0, 12)}`);
    assert.equal(source.source, `folder ${folder}`);
    assert.equal(source.synthetic, false);
    assert.deepEqual(
      [source.features, source.classes, source.trainExamples, source.testExamples],
      [784, 10, 60, 20],
    );
    assert.deepEqual(lines, []);
  }));

test("--data overrides SLOPE_DATA, and an empty SLOPE_DATA does not count", () =>
  withFolder(async (folder) => {
    writeIdxSet(folder, SET);
    const environment = { SLOPE_DATA: join(folder, "none") };
    await assert.rejects(resolveHere({ environment }), badInput(/Cannot read the data folder/));
    assert.ok(!(await resolveHere({ place: folder, environment })).source.synthetic);
    assert.ok(!(await resolveHere({ environment: { SLOPE_DATA: folder } })).source.synthetic);
    const empty = { SLOPE_DATA: "", XDG_CACHE_HOME: folder };
    assert.ok((await resolveHere({ environment: empty })).source.synthetic);
  }));

test("a named folder without one of its files is bad input and never replaced by other data", () =>
  withFolder(async (folder) => {
    writeIdxSet(folder, SET);
    rmSync(join(folder, "train-images-idx3-ubyte.gz"));
    await assert.rejects(
      resolveHere({ place: folder }),
      badInput(/train-images-idx3-ubyte missing/),
    );
  }));

test("files that do not match each other are refused", () =>
  withFolder(async (folder) => {
    const put = (name: string, file: Uint8Array) => writeFileSync(join(folder, name), file);
    writeIdxSet(folder, { ...SET, gzip: false });
    const resolved = () => resolveHere({ place: folder });

    put("t10k-images-idx3-ubyte", idxImages(new Uint8Array(20 * 14 * 28), 14, 28));
    await assert.rejects(resolved(), badInput(/14 × 28 pixels, expected 28 × 28/));
    writeIdxSet(folder, { ...SET, gzip: false });

    put("train-labels-idx1-ubyte", idxLabels(SET.train.labels.subarray(1)));
    await assert.rejects(resolved(), badInput(/59 labels, expected 60/));

    put("train-labels-idx1-ubyte", idxLabels(SET.train.labels.map((l, n) => n === 7 ? 255 : l)));
    await assert.rejects(resolved(), badInput(/label 255 of example 7 is out of range/));
    writeIdxSet(folder, { ...SET, gzip: false });

    put("t10k-labels-idx1-ubyte", idxLabels(SET.test.labels.map((l, n) => n === 3 ? 10 : l)));
    await assert.rejects(
      resolved(),
      badInput(/label 10 of example 3 is out of range, expected 0 to 9/),
    );
  }));

test("labels that start at 1 are shifted and that is told, and a single class counts as two", () =>
  withFolder(async (folder) => {
    const shifted = (set: typeof SET.train) => ({ ...set, labels: set.labels.map((l) => l + 1) });
    writeIdxSet(folder, { ...SET, train: shifted(SET.train), test: shifted(SET.test) });
    const { source, train, lines } = await resolveHere({ place: folder });
    assert.equal(source.classes, 10);
    assert.deepEqual(train.labels, SET.train.labels);
    assert.deepEqual(lines, ["Data: Labels 1 to 10 are read as classes 0 to 9."]);
    assert.deepEqual(source.notes, [{ kind: "labels-shifted", classes: 10 }]);
    const zero = (set: typeof SET.train) => ({ ...set, labels: set.labels.map(() => 0) });
    writeIdxSet(folder, { ...SET, train: zero(SET.train), test: zero(SET.test) });
    assert.equal((await resolveHere({ place: folder })).source.classes, 2);
  }));

test("without any file the synthetic digits are used, with a warning that says why", () =>
  withFolder(async (folder) => {
    const { source, train, lines } = await resolveHere({ environment: { XDG_CACHE_HOME: folder } });
    assert.equal(source.name, "synthetic");
    assert.equal(source.synthetic, true);
    assert.equal(train.count, 60);
    assert.equal(lines.length, 1);
    assert.match(lines[0], /^Warning: synthetic digits .*downloads are off.* --data/);
  }));

test("a failed download leads to synthetic digits and reports what the mirrors answered", () =>
  withFolder(async (folder) => {
    const { source, lines } = await resolveHere({
      environment: { XDG_CACHE_HOME: folder },
      allowDownload: true,
      mirrors: ["http://127.0.0.1:1/"],
      download: { connectTimeoutMs: 2000 },
    });
    assert.equal(source.name, "synthetic");
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0], /^Warning: .*http:\/\/127\.0\.0\.1:1\/ could not be read/);
    assert.ok(!existsSync(join(folder, "slope", "mnist", "train-images-idx3-ubyte.gz")));
  }));

test("a download that failed is not tried again at once, and the warning says how to", () =>
  withFolder(async (folder) => {
    const options = {
      environment: { XDG_CACHE_HOME: folder },
      allowDownload: true,
      mirrors: ["http://127.0.0.1:1/"],
      download: { connectTimeoutMs: 2000 },
    };
    await resolveHere(options);
    const { source, lines } = await resolveHere(options);
    assert.equal(source.name, "synthetic");
    assert.equal(lines.length, 1);
    assert.match(lines[0], /the download failed a moment ago; `.* data get` tries it again now/);
    const note = join(folder, "slope", "mnist.offline");
    const anHourAgo = Date.now() / 1000 - 3600;
    utimesSync(note, anHourAgo, anHourAgo);
    assert.match((await resolveHere(options)).lines[0], /could not be read/);
  }));

test("synthetic digits on request look at no folder", async () => {
  const { source, lines } = await resolveHere({ synthetic: true, place: "/none" });
  assert.equal(source.name, "synthetic");
  assert.deepEqual(lines, []);
  assert.equal(new Set(Object.values(source.sha256)).size, 4);
});

test("files in the cache that are not MNIST are not mistaken for it", () =>
  withFolder(async (folder) => {
    const environment = { XDG_CACHE_HOME: folder };
    writeIdxSet(folderInCache(MNIST, environment)!, SET);
    const { source, lines } = await resolveHere({ environment });
    assert.equal(source.name, "synthetic");
    assert.match(lines[0], /are not MNIST's/);
  }));

test("a damaged cache is reported with its fault", () =>
  withFolder(async (folder) => {
    const environment = { XDG_CACHE_HOME: folder };
    const cache = folderInCache(MNIST, environment)!;
    writeIdxSet(cache, SET);
    rmSync(join(cache, readdirSync(cache)[0]));
    const { lines } = await resolveHere({ environment });
    assert.match(lines[0], /^Warning: .*Cannot .*slope\/mnist.*downloads are off/);
  }));

test("the cache follows XDG, and ignores a relative XDG_CACHE_HOME", () => {
  assert.equal(folderInCache(MNIST, { XDG_CACHE_HOME: "/x", HOME: "/h" }), "/x/slope/mnist");
  assert.equal(folderInCache(MNIST, { XDG_CACHE_HOME: "x", HOME: "/h" }), "/h/.cache/slope/mnist");
  assert.equal(folderInCache(MNIST, { XDG_CACHE_HOME: "", HOME: "/h" }), "/h/.cache/slope/mnist");
});

test("the real MNIST is recognised", { skip: skipWithoutMnist }, async () => {
  const { source, train, test } = await resolveHere({ place: mnistDirectory()! });
  assert.equal(source.name, "mnist");
  assert.deepEqual(
    [source.features, source.classes, source.trainExamples, source.testExamples],
    [784, 10, 60_000, 10_000],
  );
  assert.deepEqual(Array.from(train.labels.subarray(0, 5)), [5, 0, 4, 1, 9]);
  assert.deepEqual(Array.from(test.labels.subarray(0, 5)), [7, 2, 1, 0, 4]);
  assert.equal(describeDataset(train).density.toFixed(4), "0.1912");
});

test(
  "MNIST is downloaded once, then taken from the cache",
  { skip: skipWithoutMnist },
  async () => {
    const server = createServer((request, response) => {
      const packed = join(mnistDirectory()!, request.url!);
      response.end(
        existsSync(packed)
          ? readFileSync(packed)
          : gzipSync(readFileSync(packed.replace(/\.gz$/, "")), { level: 1 }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      await withFolder(async (folder) => {
        const options = {
          environment: { XDG_CACHE_HOME: folder },
          allowDownload: true,
          mirrors: [mirror],
        };
        const first = await resolveHere(options);
        assert.equal(first.source.source, `download from ${mirror}`);
        assert.equal(first.source.name, "mnist");
        assert.equal(first.lines.length, 1);
        const second = await resolveHere(options);
        assert.equal(second.source.source, `cache ${join(folder, "slope", "mnist")}`);
        assert.deepEqual(second.lines, []);
        assert.deepEqual(second.source.sha256, first.source.sha256);
      });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  },
);

test("SLOPE_DATA_BYTES says how much of a large file is read", () =>
  withFolder(async (folder) => {
    writeIdxSet(folder, { ...SET, gzip: false });
    const read = (size: string) =>
      resolveHere({ place: folder, environment: { SLOPE_DATA_BYTES: size } });
    const { source, lines } = await read("16K");
    assert.deepEqual([source.trainExamples, source.testExamples], [20, 20]);
    assert.match(
      lines[0],
      /train-images-idx3-ubyte has 47\.1 kB; only the first 20 of 60 examples/,
    );
    assert.equal((await read("1 GB")).source.trainExamples, 60);
    await assert.rejects(read("much"), badInput(/SLOPE_DATA_BYTES "much": it is not a size/));
  }));

test("an address, and a ~ that the shell has left, say what to do", async () => {
  for (
    const [place, hint] of [
      ["https://example.org/mnist.npz", /download it first/],
      ["~/no_such_mnist", /write \$HOME\/no_such_mnist/],
    ] as const
  ) {
    await assert.rejects(
      resolveHere({ place }),
      (error: unknown) => error instanceof InputError && hint.test(error.hint ?? ""),
    );
  }
});
