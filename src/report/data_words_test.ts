import assert from "node:assert/strict";
import { test } from "node:test";
import { DataNote } from "../data/schemas.ts";
import { eventText, noteText } from "./data_words.ts";

const path = "train-images";

const NOTES: readonly [DataNote, RegExp][] = [
  [{ kind: "trailing", path, bytes: 1 }, /^train-images has 1 byte after its last value/],
  [{ kind: "little-endian", path, what: "header" }, /little-endian header/],
  [{ kind: "little-endian", path, what: "values" }, /little-endian values/],
  [{ kind: "packed-again", path, gzip: 2 }, /packed by gzip 2 times/],
  [{ kind: "label-column", path, columns: 8 }, /8 columns; the first is taken for the class/],
  [{ kind: "one-hot", path, classes: 10 }, /one-hot labels of 10 classes/],
  [{ kind: "examples-in-columns", path }, /^train-images has an example in each column/],
  [{ kind: "swapped", images: "a", labels: "b" }, /^b holds labels and a holds images/],
  [{ kind: "labels-shifted", classes: 26 }, /^Labels 1 to 26 are read as classes 0 to 25/],
  [{ kind: "transposed", set: "emnist-letters" }, /emnist-letters are stored transposed/],
  [{ kind: "pixels-mapped", how: "unit", least: 0, greatest: 1 }, /multiplied by 255/],
  [{ kind: "pixels-mapped", how: "wrapped", least: -128, greatest: 127 }, /−1 is 255/],
  [{ kind: "unlabelled", path }, /has no labels; it is not used/],
  [{ kind: "held-out", examples: 6000, of: 42_000, which: "balanced" }, /6,000 of 42,000 examples/],
  [
    { kind: "first-examples", path, examples: 5, of: 9, bytes: 6.35e9 },
    /6\.35 GB.* SLOPE_DATA_BYTES/,
  ],
  [{ kind: "other-sets", used: "", others: ["emnist-digits"] }, /emnist-digits; name one behind #/],
  [{ kind: "not-used", paths: ["a", "b"] }, /a, b/],
  [{ kind: "colours", channels: 3 }, /3 channels/],
  [
    { kind: "other-shape", rows: 8, columns: 8, features: 64, classes: 10 },
    /8 × 8 pixels in 10 classes: the default layers are 64,16,16,10/,
  ],
  [{ kind: "looks-inverted", border: 0.9, middle: 0.4 }, /^Warning: .*inverted.*0\.90.*0\.40/],
  [{ kind: "looks-transposed", upright: 0.5, transposed: 0.9 }, /^Warning: .*0\.50.*0\.90/],
  [{ kind: "dim", greatest: 1 }, /^Warning: the brightest pixel is 1 of 255/],
];

test("every note about data is a sentence with its figures", () => {
  const kinds = DataNote.options.map(({ shape }) => shape.kind.value);
  assert.deepEqual([...new Set(NOTES.map(([{ kind }]) => kind))].sort(), kinds.sort());
  for (const [note, expected] of NOTES) {
    assert.deepEqual(DataNote.parse(note), note);
    assert.match(noteText(note), expected);
    assert.match(noteText(note), /^[A-Zt].*\.$|^b holds/);
    const line = eventText({ kind: "note", note });
    assert.match(line, /^(Data|Warning): /);
    assert.ok(!line.includes("\n"));
  }
});
