import assert from "node:assert/strict";
import { appendFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { badInput } from "../../../tests/support/bad_input.ts";
import { withFolder } from "../../../tests/support/cli.ts";
import { writeFiles } from "../../../tests/support/data_files.ts";
import { assemble } from "../assemble.ts";
import { entryOf } from "./entries.ts";
import { loadSet } from "./load_set.ts";
import { unpackText } from "./unpack_text.ts";

const lineOf = (n: number) => `${n % 3} ${n % 7 + 1}:${n % 255 + 1} 16:${n % 2}`;
const text = (count: number) => Array.from({ length: count }, (_, n) => lineOf(n)).join("\n");

test("a text that is too large to be held gives the same set as one that is held", () =>
  withFolder((folder) => {
    writeFiles(folder, { mnist8m: text(5000), "mnist8m.t": text(40) });
    const held = assemble(loadSet(folder));
    const unpacked: string[] = [];
    const options = {
      mostBytes: 1000,
      unpackInto: join(folder, ".made", "cache"),
      onUnpack: (path: string) => void unpacked.push(path),
    };
    const stored = assemble(loadSet(folder, options));
    assert.deepEqual(unpacked, [join(folder, "mnist8m")]);
    assert.ok(stored.train.stored);
    assert.deepEqual(stored.train.labels, held.train.labels);
    assert.deepEqual(stored.train.pixels, held.train.pixels);
    assert.deepEqual(stored.test.pixels, held.test.pixels);
    assert.deepEqual(stored.sha256, held.sha256);
    // Once: until the text changes.
    assemble(loadSet(folder, options));
    assert.equal(unpacked.length, 1);
    appendFileSync(join(folder, "mnist8m"), "\n1 3:4");
    assert.equal(assemble(loadSet(folder, options)).train.count, 5001);
    assert.equal(unpacked.length, 2);
  }));

test("it is unpacked anew where pixels or labels were deleted or cut off", () =>
  withFolder((folder) => {
    const path = join(folder, "mnist8m");
    writeFileSync(path, text(50));
    let unpacked = 0;
    const into = join(folder, "into");
    const read = () => {
      const { images, labels } = unpackText(entryOf(path)!, { into, announce: () => unpacked++ });
      return [images.values, labels.values];
    };
    const first = read();
    const [pixels, labels] = ["pixels", "labels"].map((kind) =>
      join(into, readdirSync(into).find((name) => name.endsWith(kind))!)
    );
    const damages = [
      () => rmSync(pixels),
      () => rmSync(labels),
      () => truncateSync(pixels, 100),
      () => truncateSync(labels, 10),
    ];
    damages.forEach((damage, n) => {
      damage();
      assert.deepEqual(read(), first);
      assert.equal(unpacked, n + 2);
    });
  }));

test("pieces may end anywhere, and a later index may make the images larger", () =>
  withFolder((folder) => {
    const path = join(folder, "mnist8m");
    writeFileSync(path, `${text(50)}\n1 30:9\n0 1:1`);
    for (const pieceBytes of [20, 33, 10_000]) {
      const into = join(folder, `${pieceBytes}`);
      const { images, labels } = unpackText(entryOf(path)!, { into, pieceBytes });
      assert.deepEqual(images.shape, [52, 6, 6]);
      assert.equal(labels.values[49], 1);
      assert.equal(images.values[50 * 36 + 29], 9);
      assert.equal(images.values[51 * 36], 1);
    }
  }));

test("scaled values become bytes; a value that fits neither rule is refused and leaves no file", () =>
  withFolder((folder) => {
    const path = join(folder, "mnist8m.scale");
    writeFileSync(path, "1 1:0.2 4:1\n0 2:0.4\n");
    const { images } = unpackText(entryOf(path)!, { into: join(folder, "into") });
    assert.deepEqual(Array.from(images.values), [51, 0, 0, 255, 0, 102, 0, 0]);
    assert.deepEqual(images.notes.map(({ kind }) => kind), ["pixels-mapped"]);
    const wrong: readonly [content: string, message: RegExp][] = [
      ["1 1:0.2 4:2.5\n", /example 0 has a value of 2\.5 among bytes/],
      ["1 1:3 4:256\n", /example 0 has a value of 256 among bytes/],
      ["1 1:3\n300 1:2\n", /a label is 300/],
      ["1 1:3\n1 x:2\n", /line 2 has "x", expected a number/],
    ];
    for (const [content, message] of wrong) {
      writeFileSync(path, content);
      const into = join(folder, "other");
      assert.throws(() => unpackText(entryOf(path)!, { into }), badInput(message));
      assert.deepEqual(readdirSync(into), []);
    }
    assert.throws(() => unpackText(entryOf(path)!, { into: undefined }), badInput(/no folder/));
  }));
