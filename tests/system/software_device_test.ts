import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readRunFile } from "../../src/sweep/run_folder.ts";
import {
  flags,
  latestTrials,
  NO_PYTHON,
  slope,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

/** A correct gradient of one layer that claims to run on an emulated device. */
const PLUGIN = `
const sigmoid = (z) => 1 / (1 + Math.exp(-z));
export default {
  name: "pretender",
  summary: "s",
  precision: "float64",
  probe: () => ({ available: true, software: true, version: "Pretend 1" }),
  open({ network: { layerSizes: [inputs, outputs] }, dataset: { pixels, labels } }) {
    const biasOffset = inputs * outputs, length = biasOffset + outputs;
    const parameters = new Float64Array(length), gradient = new Float64Array(length);
    return {
      mode: "sync", device: { name: "Pretend 1", software: true }, parameters, gradient,
      layout: { length, layers: [{
        inputs, outputs, weightOffset: 0, outStride: inputs, inStride: 1, biasOffset, biasStride: 1,
      }] },
      lossAndGradient(batch) {
        gradient.fill(0);
        let loss = 0;
        for (const row of batch) {
          for (let o = 0; o < outputs; o++) {
            let z = parameters[biasOffset + o];
            for (let i = 0; i < inputs; i++) {
              z += parameters[o * inputs + i] * pixels[row * inputs + i] / 255;
            }
            const a = sigmoid(z), difference = a - (labels[row] === o ? 1 : 0);
            loss += 0.5 * difference * difference / batch.length;
            const delta = difference * a * (1 - a) / batch.length;
            for (let i = 0; i < inputs; i++) {
              gradient[o * inputs + i] += delta * pixels[row * inputs + i] / 255;
            }
            gradient[biasOffset + o] += delta;
          }
        }
        return loss;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};`;

test(
  "an emulated device is skipped with a hint, and timed and labelled when it is named",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const plugin = writePlugin(out, "pretender.ts", PLUGIN);
      const shared = {
        data: smallData(),
        out,
        plugin,
        layers: "784,10",
        sizes: "200",
        epochs: "1",
        rounds: "1",
      };
      const unnamed = await slope([
        "verify",
        ...flags({ data: smallData(), plugin, layers: "784,10" }),
        "--format",
        "json",
      ]);
      const verified = JSON.parse(unnamed.stdout).find((
        { cell }: { cell: { implementation: string } },
      ) => cell.implementation === "pretender");
      assert.equal(verified.status, "ok");
      assert.deepEqual(verified.device, { name: "Pretend 1", software: true });

      assert.equal((await slope(["bench", ...flags({ ...shared, budget: "10ms" })])).code, 0);
      const { leftOut = [] } = readRunFile(join(out, "latest"));
      const planned = latestTrials(out).map(({ cell }) => cell.implementation);
      for (const { implementation, reason } of leftOut) {
        assert.equal(reason.kind, "software-device");
        assert.ok(!planned.includes(implementation), `${implementation} is not skipped, too`);
      }
      const [skipped] = latestTrials(out).filter(({ cell }) => cell.implementation === "pretender");
      assert.equal(skipped.status, "skipped");
      assert.match(reasonOf(skipped), /Pretend 1 \(software\).*--implementations/);

      const named = await slope([
        "bench",
        ...flags({ ...shared, implementations: "pretender", baseline: "pretender" }),
      ]);
      assert.equal(named.code, 0, named.stderr);
      assert.match(named.stdout, /pretender \(software\)/);
      assert.deepEqual(latestTrials(out)[0].device, { name: "Pretend 1", software: true });
      for (const file of ["report.md", "report.html", "cells.csv"]) {
        assert.match(
          readFileSync(join(out, "latest", file), "utf8"),
          /Pretend 1 \(software\)/,
          file,
        );
      }
      const listed = await slope(["list", "--plugin", plugin], NO_PYTHON);
      assert.match(listed.stdout, /pretender .*\(software\).*Pretend 1 \(software\)/);
    });
  },
);
