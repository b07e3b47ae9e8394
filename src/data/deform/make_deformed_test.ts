import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { badInput } from "../../../tests/support/bad_input.ts";
import { withFolder } from "../../../tests/support/cli.ts";
import { SLOW } from "../../../tests/support/slow.ts";
import { loadSet } from "../files/load_set.ts";
import { assemble } from "../assemble.ts";
import { resolveData, type ResolvedData } from "../resolve_data.ts";
import { classCounts } from "../subset.ts";
import { makeDeformed } from "./make_deformed.ts";

const DATA: ResolvedData = await resolveData({
  synthetic: true,
  syntheticCounts: { train: 60, test: 20 },
  environment: {},
  announce: () => {},
});
const USUAL = { examples: 1000, from: 0, seed: 7, jobs: 2, force: false };
const FILES = [
  "deform.json",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
];
const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder).sort().map((name) => [
      name,
      createHash("sha256").update(readFileSync(join(folder, name))).digest("hex"),
    ]),
  );

test(
  "the set is read like any other: originals first, classes as they were, the test set as it is",
  SLOW,
  () =>
    withFolder(async (folder) => {
      const { made } = await makeDeformed(DATA, { ...USUAL, folder });
      assert.equal(made, 1000);
      assert.deepEqual(readdirSync(folder).sort(), FILES);
      const { train, test: tests } = assemble(loadSet(folder));
      assert.deepEqual([train.count, tests.count, train.features], [1000, 20, 784]);
      assert.deepEqual(train.pixels.slice(0, 60 * 784), DATA.train.pixels);
      assert.deepEqual(tests.pixels, DATA.test.pixels);
      assert.deepEqual(tests.labels, DATA.test.labels);
      assert.ok(train.labels.every((label, n) => label === DATA.train.labels[n % 60]));
      const share = classCounts(DATA.train.labels, 10).map((count) =>
        Math.floor(1000 / 60) * count
      );
      classCounts(train.labels, 10).forEach((count, k) => assert.ok(count >= share[k]));
    }),
);

test(
  "threads change no byte, and a range holds the same examples as the whole",
  SLOW,
  () =>
    withFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      await makeDeformed(DATA, { ...USUAL, folder: at("two") });
      await makeDeformed(DATA, { ...USUAL, folder: at("one"), jobs: 1 });
      assert.deepEqual(contents(at("one")), contents(at("two")));
      await makeDeformed(DATA, { ...USUAL, folder: at("range"), from: 333, examples: 100 });
      const images = (name: string) => readFileSync(join(folder, name, FILES[3])).subarray(16);
      assert.deepEqual(
        images("range"),
        images("one").subarray(333 * 784, 433 * 784),
      );
      const labels = readFileSync(join(at("range"), FILES[4])).subarray(8);
      assert.deepEqual(labels, readFileSync(join(at("one"), FILES[4])).subarray(8 + 333, 8 + 433));
    }),
);

test(
  "a call that was stopped leaves no file that looks whole, and the next one goes on",
  SLOW,
  () =>
    withFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      const options = { ...USUAL, examples: 70_000, jobs: 1 }; // four blocks
      await makeDeformed(DATA, { ...options, folder: at("whole") });
      const stop = new AbortController();
      const stopped = makeDeformed(DATA, {
        ...options,
        folder: at("part"),
        signal: stop.signal,
        onProgress: () => stop.abort(new Error("stopped")),
      });
      await assert.rejects(stopped, /stopped/);
      assert.deepEqual(readdirSync(at("part")).sort(), [
        "deform-unfinished.log",
        "train-images-idx3-ubyte.part",
      ]);
      assert.throws(() => loadSet(at("part")), badInput(/no images and labels found|missing/));
      // Blocks that are in the journal are not made again, and what is cut off there is none.
      const journal = join(at("part"), "deform-unfinished.log");
      const blocks = readFileSync(journal, "utf8").trim().split("\n").slice(1).map(Number);
      assert.ok(blocks.length >= 1 && blocks.length < 4, `${blocks}`);
      const whole = readFileSync(journal, "utf8");
      writeFileSync(journal, whole + "2");
      const again = { ...options, folder: at("part"), signal: AbortSignal.abort() };
      await assert.rejects(makeDeformed(DATA, again));
      assert.equal(readFileSync(journal, "utf8"), whole);
      const { made } = await makeDeformed(DATA, { ...options, folder: at("part") });
      const ofBlock = (block: number) => Math.min(21_399, 70_000 - 21_399 * block);
      assert.equal(made, 70_000 - blocks.reduce((sum, block) => sum + ofBlock(block), 0));
      assert.deepEqual(contents(at("part")), contents(at("whole")));
      // Once more: nothing is left to do.
      assert.equal((await makeDeformed(DATA, { ...options, folder: at("part") })).made, 0);
    }),
);

test(
  "files of others are kept, and replaced only with force",
  SLOW,
  () =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, FILES[3]), "mine");
      writeFileSync(join(folder, "notes.txt"), "mine, too");
      const options = { ...USUAL, examples: 100, folder };
      await assert.rejects(makeDeformed(DATA, options), badInput(/holds notes.txt, train-images/));
      assert.equal(readFileSync(join(folder, FILES[3]), "utf8"), "mine");
      await makeDeformed(DATA, { ...options, force: true });
      assert.equal(readFileSync(join(folder, FILES[3])).length, 16 + 100 * 784);
      assert.equal(readFileSync(join(folder, "notes.txt"), "utf8"), "mine, too");
      // Another seed is another set.
      rmSync(join(folder, "notes.txt"));
      await assert.rejects(makeDeformed(DATA, { ...options, seed: 8 }), badInput(/--force|holds/));
      assert.equal((await makeDeformed(DATA, options)).made, 0);
    }),
);

test(
  "of two calls for one folder at once, one makes the set and the other is refused",
  SLOW,
  () =>
    withFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      const calls = [1, 2].map(() => makeDeformed(DATA, { ...USUAL, folder: at("both") }));
      const [refused] = (await Promise.allSettled(calls)).filter(({ status }) =>
        status === "rejected"
      );
      assert.ok(refused?.status === "rejected");
      badInput(/Cannot write to ".*both": process \d+ on .* is making a set there/)(refused.reason);
      await makeDeformed(DATA, { ...USUAL, folder: at("alone") });
      assert.deepEqual(contents(at("both")), contents(at("alone")));
    }),
);

test(
  "force removes nothing where the set would not fit, or is made from what lies there",
  SLOW,
  () =>
    withFolder(async (folder) => {
      await makeDeformed(DATA, { ...USUAL, examples: 100, folder });
      const before = contents(folder);
      const side = 256;
      const train = {
        count: 1,
        features: side ** 2,
        classes: 10,
        pixels: new Uint8Array(side ** 2),
      };
      const wide = { ...train, labels: new Uint8Array(1) };
      const huge = { ...DATA, train: wide, test: wide, shape: { rows: side, columns: side } };
      await assert.rejects(
        makeDeformed(huge, { ...USUAL, examples: 4e9, force: true, folder }),
        badInput(/the set needs 26\d{4}\.\d\d GB/),
      );
      assert.deepEqual(contents(folder), before);
      const own = await resolveData({ place: folder, environment: {}, announce: () => {} });
      const link = `${folder}-link`;
      symlinkSync(folder, link);
      try {
        for (const out of [folder, link]) {
          await assert.rejects(
            makeDeformed(own, { ...USUAL, force: true, folder: out }),
            badInput(/the images to be deformed are read from there/),
          );
        }
      } finally {
        rmSync(link);
      }
      assert.deepEqual(contents(folder), before);
    }),
);

test("what cannot be made is refused, with the reason", SLOW, () =>
  withFolder(async (folder) => {
    const refuses = (data: ResolvedData, more: Partial<typeof USUAL>, message: RegExp) =>
      assert.rejects(makeDeformed(data, { ...USUAL, ...more, folder }), badInput(message));
    const colours = { rows: 28, columns: 28, channels: 3 };
    await refuses({ ...DATA, shape: colours }, {}, /3 channels, expected grey/);
    await refuses({ ...DATA, shape: { rows: 2, columns: 392 } }, {}, /at most 256 × 256/);
    await refuses(DATA, { from: 2 ** 32 - 10, examples: 100 }, /an IDX file counts to 4294967295/);
    writeFileSync(join(folder, "file"), "");
    const below = join(folder, "file", "below");
    await assert.rejects(
      makeDeformed(DATA, { ...USUAL, folder: below }),
      badInput(/Cannot write ".*below"/),
    );
    mkdirSync(join(folder, "empty"));
    await makeDeformed(DATA, { ...USUAL, examples: 1, folder: join(folder, "empty") });
    assert.equal(readFileSync(join(folder, "empty", FILES[3])).length, 16 + 784);
  }));
