import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { RunFile } from "../../src/format/plan.ts";
import {
  briefPlan,
  flags,
  latestTrials,
  PROJECT,
  slope,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

const ONE_LAYER = readFileSync(join(PROJECT, "examples/one_layer.ts"), "utf8");

/** More calls than verification takes, fewer than the training below. */
const HONEST_CALLS = 60;

/** The example, which computes in JavaScript; and once more so that it stops when it has been verified. */
const HONEST = ONE_LAYER
  .replace('"one_layer"', '"honest"')
  .replace('precision: "float64",', 'precision: "float64", backEnd: "javascript",');
const LAZY = HONEST
  .replace('"honest"', '"lazy"')
  .replace("gradient.fill(0);", `if (++calls > ${HONEST_CALLS}) return 0.5;\n gradient.fill(0);`)
  .replace("export default", "let calls = 0;\nexport default");

test(
  "an implementation that stops computing after verification fails and keeps its samples; one that computes passes",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const plugins = [
        writePlugin(out, "honest.ts", HONEST),
        writePlugin(out, "lazy.ts", LAZY),
      ];
      const { code, stderr, stdout } = await slope([
        "bench",
        ...flags({
          data: smallData(),
          out,
          plan: briefPlan(),
          implementations: "honest,lazy",
          layers: "784,10",
          sizes: "1000",
          batch: "500",
          epochs: "40",
          rounds: "1",
        }),
        ...plugins.flatMap((path) => ["--plugin", path]),
      ]);
      assert.equal(code, 1, stderr);
      const trials = latestTrials(out);
      assert.equal(trials.length, 2);
      for (const trial of trials) {
        const { cell, status, samplesNs, verification } = trial;
        const reason = reasonOf(trial);
        assert.notEqual(verification?.verdict, "wrong", reason);
        assert.ok(samplesNs.length > 0, cell.implementation);
        if (cell.implementation === "honest") {
          assert.equal(status, "ok", reason);
        } else {
          assert.equal(status, "failed", cell.implementation);
          assert.match(
            reason,
            /wrong in a timed step.*; faster than this machine's ceiling: .* GFLOP\/s/,
          );
        }
      }
      assert.match(stdout, /^✗ lazy failed .*faster than\s+this\s+machine's/s);

      const run = RunFile.parse(
        JSON.parse(readFileSync(join(out, "latest", "run.json"), "utf8")),
      );
      assert.ok(run.ceilings && run.ceilings.length === 1);
      assert.deepEqual(
        run.implementations?.map(({ name, backEnd }) => [name, backEnd]),
        [
          ["honest", "javascript"],
          ["lazy", "javascript"],
        ],
      );
      const [pixels] = run.nonZeroPixels ?? [];
      assert.ok(pixels.count > 50 * 1000 && pixels.count < 400 * 1000, String(pixels.count));
    });
  },
);
