import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import { refusesHere, slopeHere, smallData, withFolder } from "../support/cli.ts";
import { writeFiles } from "../support/data_files.ts";
import { idxImages, idxLabels } from "../support/idx.ts";
import { SLOW } from "../support/slow.ts";

/** EMNIST's letters as they are distributed: transposed, labelled from 1; here the digits 0 to 9 as A to J. */
function letters(count: number, split: "train" | "test"): Record<string, Uint8Array> {
  const { pixels, labels } = syntheticDigits(count, 3, split);
  const turned = pixels.map((_, at) => {
    const [n, i] = [Math.floor(at / 784), at % 784];
    return pixels[784 * n + 28 * (i % 28) + Math.floor(i / 28)];
  });
  const name = (part: string, dimensions: number) =>
    `emnist-letters-${split}-${part}-idx${dimensions}-ubyte.gz`;
  return {
    [name("images", 3)]: gzipSync(idxImages(turned, 28, 28)),
    [name("labels", 1)]: gzipSync(idxLabels(labels.map((label) => label + 1))),
  };
}

test("data info reads EMNIST's letters upright, and says how, as text and as JSON", () =>
  withFolder(async (folder) => {
    writeFiles(folder, { ...letters(260, "train"), ...letters(40, "test") });
    const place = `${folder}#letters`;
    const text = await slopeHere(["data", "info", place]);
    assert.equal(text.code, 0, text.stderr);
    assert.match(
      text.stderr,
      /^Data: The images of emnist-letters are stored transposed; they are/m,
    );
    assert.match(text.stderr, /^Data: Labels 1 to 26 are read as classes 0 to 25\.$/m);
    assert.match(text.stderr, /the default layers are 784,16,16,26\.$/m);
    assert.match(text.stdout, /[▀▄█].*\n(.*\n)*label \d+ +label \d+ +label \d+ +label \d+\n/);
    const { data, ...json } = JSON.parse(
      (await slopeHere(["data", "info", place, "--format", "json"])).stdout,
    );
    assert.equal(data, undefined);
    assert.deepEqual([json.classes, json.train.count, json.test.count], [26, 260, 40]);
    assert.deepEqual(
      json.notes.map(({ kind }: { kind: string }) => kind),
      ["transposed", "labels-shifted", "other-shape"],
    );
    await refusesHere(
      ["data", "info", `${folder}#digits`],
      /no set has that name.*\nhint: name one/s,
    );
  }));

test(
  "a program trains on images of another size and another number of classes",
  SLOW,
  () =>
    withFolder(async (folder) => {
      const lines = Array.from({ length: 70 }, (_, n) => {
        const pixels = Array.from({ length: 64 }, (_, i) => i === 9 + 8 * (n % 3) ? 16 : 0);
        return [n % 3, ...pixels].join(",");
      });
      writeFiles(folder, { "digits.csv": lines.join("\n") });
      const { code, stdout, stderr } = await slopeHere([
        "train",
        "fused_typed",
        "--data",
        join(folder, "digits.csv"),
        "--epochs",
        "2",
        "--sizes",
        "all",
      ]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /: 60 examples of csv-[0-9a-f]{12}, 64-16-16-3, B = 10/);
      assert.match(stderr, /Pixels from 0 to 16\.0 are mapped linearly/);
    }),
);

test(
  "data deform multiplies a set, goes on, and refuses what it cannot make",
  SLOW,
  () =>
    withFolder(async (folder) => {
      const out = join(folder, "made");
      const deform = (...args: string[]) => ["data", "deform", "--data", smallData(), ...args];
      const first = await slopeHere(deform("--examples", "5k", "--out", out, "--format", "json"));
      assert.equal(first.code, 0, first.stderr);
      assert.deepEqual(JSON.parse(first.stdout), {
        folder: out,
        examples: 5000,
        from: 0,
        seed: 1,
        made: 5000,
        bytes: 16 + 8 + 5000 * 785 + 16 + 8 + 500 * 785,
      });
      const again = await slopeHere(deform("--examples", "5000", "--out", out));
      assert.match(again.stdout, /made holds these 5,000 examples already\.$/m);
      const info = await slopeHere(["data", "info", out, "--format", "json"]);
      const described = JSON.parse(info.stdout);
      assert.deepEqual([described.train.count, described.test.count], [5000, 500]);

      const other = join(folder, "other");
      const wrong: readonly [args: string[], message: RegExp][] = [
        [["--examples", "0", "--out", other], /--examples.*"0".*expected one number of examples/s],
        [["--examples", "-1", "--out", other], /--examples/],
        [
          ["--examples", "1e12", "--out", other],
          /--examples.*"1e12".*expected one number of examples/s,
        ],
        [
          ["--examples", "many", "--out", other],
          /--examples.*"many".*expected one number of examples/s,
        ],
        [["--examples", "1k..2k", "--out", other], /--examples.*expected one number of examples/s],
        [
          ["--examples", "all", "--out", other],
          /--examples: expected a number up to 4,294,967,295/,
        ],
        [["--examples", "5000M", "--out", other], /expected a number up to 4,294,967,295/],
        [["--examples", "1", "--from", "-1", "--out", other], /--from/],
        [["--examples", "1", "--seed", "x", "--out", other], /--seed/],
        [["--examples", "1", "--jobs", "0", "--out", other], /--jobs/],
        [["--examples", "1"], /--out/],
        [["--examples", "6000", "--out", out], /it holds deform\.json, .*\nhint: .*--force/s],
        [["--examples", "1", "--out", join(out, "deform.json")], /Cannot write/],
        [["--examples", "1", "--out", out, "--synthetic"], /--synthetic and --data at once/],
      ];
      for (const [args, message] of wrong) await refusesHere(deform(...args), message);
      assert.equal(existsSync(other), false);
    }),
);
