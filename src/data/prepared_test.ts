import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { InputError } from "../base/errors.ts";
import { withFolder } from "../../tests/support/cli.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { readPositions, readPrepared, writePrepared } from "./prepared.ts";
import { rowOf } from "./rows.ts";
import { balancedOrder, takeSubset } from "./subset.ts";
import { syntheticDigits } from "./synthetic.ts";

const SETS = { train: syntheticDigits(120, 1, "train"), test: syntheticDigits(30, 1, "test") };

test("prepared data are read back as the nested subset and the whole test set", () =>
  withFolder((folder) => {
    const prepared = writePrepared(join(folder, "made"), SETS, 3, 100);
    const order = balancedOrder(SETS.train.labels, 10, 3);
    for (const m of [1, 40, 100]) {
      const { subset, test } = readPrepared(prepared, m);
      const { trainPixels, trainLabels, testPixels, testLabels } = prepared;
      const files = { pixels: trainPixels, labels: trainLabels };
      assert.deepEqual(subset, { ...takeSubset(SETS.train, order, m), files });
      assert.deepEqual(test, {
        ...SETS.test,
        files: { pixels: testPixels, labels: testLabels },
      });
    }
  }));

test("prepared data survive JSON and hold the requested number of rows", () =>
  withFolder((folder) => {
    const prepared = writePrepared(folder, SETS, 3, 50);
    assert.deepEqual(JSON.parse(JSON.stringify(prepared)), prepared);
    assert.equal(statSync(prepared.trainPixels).size, 50 * 784);
    assert.equal(prepared.testExamples, 30);
  }));

test("only the requested rows are held in memory", () =>
  withFolder((folder) => {
    const { subset } = readPrepared(writePrepared(folder, SETS, 3, 100), 10);
    assert.equal(subset.pixels.buffer.byteLength, 10 * 784);
  }));

test("two seeds have separate subsets in one folder", () =>
  withFolder((folder) => {
    const first = writePrepared(folder, SETS, 1, 50);
    const second = writePrepared(folder, SETS, 2, 50);
    assert.notEqual(first.trainPixels, second.trainPixels);
    assert.equal(first.testPixels, second.testPixels);
    assert.notDeepEqual(readPrepared(first, 50).subset, readPrepared(second, 50).subset);
  }));

test("a file that is too short for the rows is refused", () =>
  withFolder((folder) => {
    const prepared = writePrepared(folder, SETS, 1, 50);
    assert.throws(() => readPrepared(prepared, 51), /39200 bytes, expected at least 39984/);
    truncateSync(prepared.testLabels, 29);
    assert.throws(
      () => readPrepared(prepared, 50),
      /test\.labels": 29 bytes, expected at least 30/,
    );
  }));

test("a folder that cannot be written is bad input", () =>
  withFolder((folder) => {
    writeFileSync(join(folder, "file"), "");
    assert.throws(() => writePrepared(join(folder, "file", "below"), SETS, 1, 5), InputError);
  }));

const skipWithoutPermissions = CURRENT_RUNTIME.name === "deno"
  ? false
  : "only Deno has permissions";
if (skipWithoutPermissions) console.error(`skipped: ${skipWithoutPermissions}`);

test(
  "a trial needs only the permission to read the folder",
  { skip: skipWithoutPermissions },
  () =>
    withFolder((folder) => {
      const prepared = writePrepared(folder, SETS, 1, 50);
      const code = `import { readPrepared } from ${
        JSON.stringify(import.meta.resolve("./prepared.ts"))
      };
      console.log(readPrepared(${JSON.stringify(prepared)}, 7).subset.pixels.length);`;
      writeFileSync(join(folder, "trial.ts"), code);
      const options = ["run", "--no-prompt", "--no-check", `--allow-read=${folder}`];
      const output = execFileSync(process.execPath, [...options, join(folder, "trial.ts")]);
      assert.equal(output.toString().trim(), String(7 * 784));
    }),
);

test("a subset of more bytes than are held stays in its file, and positions of it are read alone", () =>
  withFolder((folder) => {
    const prepared = writePrepared(folder, SETS, 1, 100);
    const held = readPrepared(prepared, 50).subset;
    const { subset } = readPrepared(prepared, 50, 1000);
    assert.equal(held.stored, undefined);
    assert.ok(subset.stored);
    assert.deepEqual(rowOf(subset, 49), held.pixels.slice(49 * 784));
    assert.deepEqual(subset.labels, held.labels);
    assert.deepEqual(subset.pixels, held.pixels);
    const some = readPositions(prepared, 50, Uint32Array.of(3, 4, 49));
    assert.deepEqual([some.count, some.pixels.length], [3, 3 * 784]);
    assert.deepEqual(some.pixels.slice(784, 2 * 784), held.pixels.slice(4 * 784, 5 * 784));
    assert.equal(some.labels[2], held.labels[49]);
    assert.throws(
      () => readPositions(prepared, 50, Uint32Array.of(50)),
      /Cannot read example 50: the subset has 50 examples/,
    );
    assert.throws(() => readPrepared(prepared, 101, 1000), /78400 bytes, expected at least 79184/);
  }));
