import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { readRange, writeRanges } from "./large_files.ts";

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);

test("a file is written and read in ranges of any length", () =>
  withFolder((folder) => {
    const path = join(folder, "file");
    for (const range of [1, 7, 99, 100, 1000]) {
      writeFileSync(path, "something longer that was there before".repeat(9));
      writeRanges(path, BYTES, range);
      assert.deepEqual(new Uint8Array(readFileSync(path)), BYTES);
      assert.deepEqual(readRange(path, 0, Infinity, range), BYTES);
      assert.deepEqual(readRange(path, 10, 20, range), BYTES.slice(10, 30));
    }
    assert.equal(readRange(path, 90, 20).length, 10);
    assert.equal(readRange(path, 200).length, 0);
  }));

test("bytes beyond 2 and 4 GiB of a file are found", () =>
  withFolder((folder) => {
    const path = join(folder, "sparse");
    writeFileSync(path, "");
    truncateSync(path, 5 * 2 ** 30);
    const file = openSync(path, "r+");
    for (const at of [2 ** 31 + 5, 2 ** 32 + 5]) writeSync(file, BYTES, 0, 8, at);
    closeSync(file);
    for (const at of [2 ** 31 + 5, 2 ** 32 + 5]) {
      assert.deepEqual(readRange(path, at - 1, 9), Uint8Array.of(0, ...BYTES.subarray(0, 8)));
    }
  }));
