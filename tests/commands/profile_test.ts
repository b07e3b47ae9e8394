import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import {
  flags,
  refusesHere,
  slope,
  slopeHere,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { skipFor } from "../support/skips.ts";

test("a wrong gradient is not profiled, code 1", SLOW, async () => {
  await withFolder(async (out) => {
    const plugin = writePlugin(
      out,
      "zero.ts",
      `export default { name: "zero", summary: "s", precision: "float64",
         prepare: () => (_, __, gradient) => { gradient.fill(0); return 0; } };`,
    );
    const args = ["profile", ...flags({ plugin, sizes: "500", out, data: smallData() })];
    const { code, stdout, stderr } = await slope(args);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /zero: wrong gradient.+not profiled\. `.* diagnose zero --plugin \S*zero\.ts`/,
    );
    assert.deepEqual(readdirSync(out), ["zero.ts"]);
  });
});

test("one that dies fails alone, code 1; without a name, code 2", SLOW, async () => {
  await withFolder(async (out) => {
    const plugin = writePlugin(
      out,
      "dies.ts",
      `export default { name: "dies", summary: "s", precision: "float64",
         prepare() { throw new Error("no such luck"); } };`,
    );
    const died = await slopeHere([
      "profile",
      ...flags({ plugin, sizes: "500", out, data: smallData() }),
    ]);
    assert.equal(died.code, 1);
    assert.match(
      died.stderr,
      /dies: failed: start: no such luck[^]*\nhint: `.* diagnose dies --plugin .*` says why/,
    );
    await refusesHere(
      ["profile", ...flags({ data: smallData(), out })],
      /no implementation is named\nhint: /,
    );
  });
});

const NAMES_ALL = {
  ...SLOW,
  skip: skipFor(
    CURRENT_RUNTIME.name === "bun" &&
      "Bun's engine counts an inlined function as part of its caller",
  ),
};

test(
  "the hottest function has its line in TypeScript, though it has no name",
  NAMES_ALL,
  async () => {
    await withFolder(async (out) => {
      const plugin = fileURLToPath(new URL("../../examples/one_layer.ts", import.meta.url));
      const given = {
        plugin,
        sizes: "100",
        layers: "784,10",
        budget: "1s",
        out,
        data: smallData(),
      };
      const { stdout } = await slopeHere(["profile", ...flags(given)]);
      const line = readFileSync(plugin, "utf8").split("\n")
        .findIndex((text) => text.includes("return (parameters")) + 1;
      assert.match(stdout, new RegExp(`%  \\(anonymous\\)  examples/one_layer\\.ts:${line}\\n`));
    });
  },
);

test(
  "an implementation of Slope is profiled: its phases, its functions, its files",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const options = { sizes: "200", budget: "0.5s", out, data: smallData() };
      const { stdout, stderr } = await slope(["profile", "naive_loop", ...flags(options)]);
      assert.match(stdout, /^forward +[\d.]+ [nµ]s +\d+ %/m, stderr);
      assert.match(stdout, /^Hottest functions\n/m);
      assert.match(stderr, /profile\.json, cpu\.cpuprofile/);
    });
  },
);
