import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { checksumOfRange } from "./file_checksum.ts";

const HEAD = Uint8Array.of(9, 8);
const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);
const sumOf = (...parts: Uint8Array[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

test("a checksum is remembered until the file changes", () =>
  withFolder((folder) => {
    const [path, cache] = [join(folder, "file"), join(folder, "made", "cache")];
    writeFileSync(path, BYTES);
    const range = { path, start: 10, bytes: 50 };
    const expected = sumOf(HEAD, BYTES.subarray(10, 60));
    assert.equal(checksumOfRange(range, HEAD), expected);
    assert.equal(checksumOfRange(range, HEAD, cache), expected);
    // What is remembered is used: another sum in the note is believed.
    const [name] = readdirSync(cache);
    const note = JSON.parse(readFileSync(join(cache, name), "utf8"));
    const other = "0".repeat(64);
    writeFileSync(join(cache, name), JSON.stringify({ ...note, sha256: other }));
    assert.equal(checksumOfRange(range, HEAD, cache), other);
    // Another range, another head, other times and other bytes are another file.
    assert.notEqual(checksumOfRange({ ...range, bytes: 49 }, HEAD, cache), other);
    assert.equal(checksumOfRange(range, BYTES, cache), sumOf(BYTES, BYTES.subarray(10, 60)));
    assert.equal(checksumOfRange(range, HEAD, cache), expected);
    utimesSync(path, 1000, 1000);
    assert.equal(checksumOfRange(range, HEAD, cache), expected);
    writeFileSync(path, BYTES.toReversed());
    assert.equal(
      checksumOfRange(range, HEAD, cache),
      sumOf(HEAD, BYTES.toReversed().subarray(10, 60)),
    );
    writeFileSync(join(cache, name), "{");
    assert.equal(
      checksumOfRange({ path, start: 0, bytes: 1 }, HEAD, cache),
      sumOf(HEAD, Uint8Array.of(99)),
    );
  }));

test("where nothing can be remembered, the file is read; one that is too short is named", () =>
  withFolder((folder) => {
    const path = join(folder, "file");
    writeFileSync(path, BYTES);
    const range = { path, start: 0, bytes: 100 };
    assert.equal(checksumOfRange(range, HEAD, join(path, "cache")), sumOf(HEAD, BYTES));
    assert.throws(
      () => checksumOfRange({ ...range, bytes: 101 }, HEAD),
      /file": it ends after 100 bytes/,
    );
  }));
