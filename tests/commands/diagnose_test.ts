import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  flags,
  PROJECT,
  refusesHere,
  slope,
  slopeHere,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { diagnosed } from "../support/diagnosed.ts";
import { SLOW } from "../support/slow.ts";

test("a wrong gradient is named in JSON and in words, code 1", SLOW, async () => {
  await withFolder(async (folder) => {
    const plugin = writePlugin(
      folder,
      "mine.ts",
      `import { fusedTyped } from ${
        JSON.stringify(join(PROJECT, "src/gradients/fused_typed/fused_typed.ts"))
      };
       export default {
         ...fusedTyped,
         name: "mine",
         async open(problem) {
           const kernel = await fusedTyped.open(problem);
           return {
             ...kernel,
             lossAndGradient(batch) {
               const loss = kernel.lossAndGradient(batch);
               for (let p = 0; p < kernel.gradient.length; p++) kernel.gradient[p] *= -2;
               return loss;
             },
           };
         },
       };`,
    );
    const args = ["diagnose", ...flags({ plugin, data: smallData(), epochs: "1" })];
    const told = await diagnosed([...args.slice(1), "--only", "gradient"]);
    assert.equal(told.code, 1);
    assert.equal(told.healthy, false);
    const [sign, scale] = told.findings;
    assert.deepEqual([sign.id, sign.layers], ["sign-reversed", [1, 2, 3]]);
    assert.deepEqual([scale.id, scale.layers, scale.factor], ["scale", [1, 2, 3], 2]);
    const { code, stdout } = await slope(args);
    assert.equal(code, 1);
    assert.match(stdout, /✗ 1\. sign-reversed, layers 1, 2, 3\n +cause: .+\n[^]*fix: /);
    assert.match(stdout, /^✗ WRONG GRADIENT/m);
    const next = stdout.split(/^next: \w+ \w+ /m)[1].split(/^ *→/m)[0].trim();
    assert.match(
      next.replace(/\s+/g, " "),
      /^verify --implementations mine --plugin \S*mine\.ts --data \S+$/,
    );
    const verified = await slopeHere(next.split(/\s+/));
    assert.equal(verified.code, 1, verified.stderr);
    assert.match(verified.stdout, /^✗ +mine +wrong/m);
    assert.ok(stdout.trimEnd().split("\n").length <= 25, stdout);
    assert.match(stdout, /✗ 2\. scale, layers 1, 2, 3, factor 2/);
  });
});

test("a plug-in that dies is reported as not examined, code 1", SLOW, async () => {
  await withFolder(async (folder) => {
    const plugin = writePlugin(
      folder,
      "dies.ts",
      `export default { name: "dies", summary: "s", precision: "float64",
         prepare() { throw new Error("no such luck"); } };`,
    );
    const { code, stdout } = await slopeHere(["diagnose", ...flags({ plugin, data: smallData() })]);
    assert.equal(code, 1);
    assert.match(stdout, /✗ gradient not examined: start: no such luck/);
  });
});

test("without a name, or with an unknown one, nothing is examined: code 2", SLOW, async () => {
  const data = flags({ data: smallData() });
  await refusesHere(["diagnose", ...data], /no implementation is named\nhint: /);
  await refusesHere(["diagnose", "fused_tiped", ...data], /did you mean "fused_typed"/);
});

test("what is meant is declared, and then verified: code 0", SLOW, async () => {
  await withFolder(async (folder) => {
    const lists = readFileSync(join(PROJECT, "examples/lists.ts"), "utf8");
    const plugin = writePlugin(
      folder,
      "soft.ts",
      lists.replace("labels[n] === c ? 1 : 0", "labels[n] === c ? 0.99 : 0.01"),
    );
    const args = ["verify", ...flags({ plugin, implementations: "soft", data: smallData() })];
    const usual = await slopeHere(args);
    assert.equal(usual.code, 1, usual.stdout);
    const declared = await slopeHere([...args, "--targets", "0.01,0.99"]);
    assert.equal(declared.code, 0, declared.stdout + declared.stderr);
    await refusesHere([...args, "--pixels", "y"], /Cannot use "y": expected numbers, x, /);
  });
});
