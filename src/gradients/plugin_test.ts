import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { badInput } from "../../tests/support/bad_input.ts";
import { NoProgram } from "../base/errors.ts";
import { loadPlugin } from "./plugin.ts";
import { CONFORMANCE } from "../../tests/support/conformance.ts";

const folder = mkdtempSync(join(tmpdir(), "slope-plugin-"));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;

/** Each file has a new name, because a module is imported only once. */
function pluginFile(source: string, extension = "ts"): string {
  const path = join(folder, `plugin_${files++}.${extension}`);
  writeFileSync(path, source);
  return path;
}

const SHORT = `{ name: "mine", summary: "one line", precision: "float64",
  prepare: () => (parameters, batch, gradient) => { gradient.fill(0); return 1; } }`;

test("a default export in the short form is one implementation", async () => {
  const [mine, ...others] = await loadPlugin(pluginFile(`export default ${SHORT};`));
  assert.equal(mine.name, "mine");
  assert.equal(mine.precision, "float64");
  assert.equal(typeof mine.open, "function");
  assert.deepEqual(others, []);
});

test("a function of the list form may be the default export", async () => {
  for (
    const source of [
      "export default function gradient(...all) { return all; }",
      "export default (w, b, x, y) => [w, b];",
      "export default (w, b, x, y, rate) => {};",
    ]
  ) {
    const path = pluginFile(source, "mjs");
    const [mine, ...others] = await loadPlugin(path);
    assert.match(mine.summary, /^lists, plugin_\d+\.mjs$/);
    assert.deepEqual(others, []);
  }
});

test("a member that is undefined counts as left out", async () => {
  const [mine] = await loadPlugin(pluginFile(`export default { ...${SHORT}, open: undefined };`));
  assert.equal(typeof mine.open, "function");
});

test("a plug-in in JavaScript, by a relative path with a space, in the full form", async () => {
  const path = join(folder, "my plugin.mjs");
  writeFileSync(
    path,
    `export default { name: "full", summary: "s", precision: "float32", open() { return 5; } };`,
  );
  const [full] = await loadPlugin(path);
  assert.equal(full.name, "full");
});

test("without a default export each named export is an implementation", async () => {
  const implementations = await loadPlugin(pluginFile(
    `export const a = { ...${SHORT}, name: "a" }; export const b = { ...${SHORT}, name: "b-2.0" };`,
  ));
  assert.deepEqual(implementations.map(({ name }) => name), ["a", "b-2.0"]);
});

test("a plug-in in ten lines of TypeScript passes the conformance suite's smallest network", async () => {
  const [mine] = await loadPlugin(pluginFile(`
export default {
  name: "one_layer", summary: "σ(Wx + b), one layer", precision: "float64" as const,
  prepare: ({ dataset: { features: F, classes: C, pixels, labels } }: any) =>
    (p: Float64Array, batch: Uint32Array, g: Float64Array) => {
      let loss = 0; g.fill(0);
      for (const n of batch) for (let o = 0; o < C; o++) {
        let z = p[C * F + o];
        for (let i = 0; i < F; i++) z += p[o * F + i] * pixels[n * F + i] / 255;
        const a = 1 / (1 + Math.exp(-z)), e = a - (labels[n] === o ? 1 : 0), d = e * a * (1 - a) / batch.length;
        for (let i = 0; i < F; i++) g[o * F + i] += d * pixels[n * F + i] / 255;
        g[C * F + o] += d; loss += e * e / 2 / batch.length;
      }
      return loss;
    },
};`));
  const title = "agrees with the oracle: 4-3, sigmoid, sigmoid-quadratic";
  await CONFORMANCE.find((check) => check.title === title)!.check(mine);
});

const bad: [title: string, source: string, message: RegExp][] = [
  ["does not compile", "export default {", /importing it failed: ./],
  ["throws when it is imported", `throw new Error("boom");`, /importing it failed: .*boom/],
  ["has no export", "export {};", /it has no export/],
  [
    "exports a function",
    "export default () => 1;",
    /function instead of an implementation in the default/,
  ],
  ["exports null", "export default null;", /null instead of an implementation/],
  [
    "has no name",
    `export default { ...${SHORT}, name: undefined };`,
    /name is missing, expected a text/,
  ],
  [
    "has a name with a slash",
    `export default { ...${SHORT}, name: "a/b" };`,
    /name is "a\/b", expected/,
  ],
  ["has an empty name", `export default { ...${SHORT}, name: "" };`, /name is "", expected/],
  [
    "has a name like a flag",
    `export default { ...${SHORT}, name: "-x" };`,
    /name is "-x", expected/,
  ],
  [
    "has no summary",
    `export default { ...${SHORT}, summary: 1 };`,
    /summary is 1, expected a text/,
  ],
  [
    "has another precision",
    `export default { ...${SHORT}, precision: "float16" };`,
    /precision is "float16"/,
  ],
  [
    "a back end that is not known",
    `export default { ...${SHORT}, backEnd: "abacus" };`,
    /backEnd is "abacus", expected one of javascript, wasm, blas, native, gpu/,
  ],
  [
    "zero pixels skipped with more than yes or no",
    `export default { ...${SHORT}, skipsZeroPixels: "often" };`,
    /skipsZeroPixels is "often", expected true or false/,
  ],
  [
    "the code of a program without a name",
    `export default { ...${SHORT}, withOneThread: true };`,
    /withOneThread is boolean, expected the name of a program/,
  ],
  [
    "needs what is not known",
    `export default { ...${SHORT}, needs: ["net"] };`,
    /needs is object, expected a list/,
  ],
  [
    "has a probe that is no function",
    `export default { ...${SHORT}, probe: true };`,
    /probe is boolean/,
  ],
  [
    "has neither form",
    `export default { ...${SHORT}, prepare: undefined };`,
    /none of open, prepare, gradient, trainBatch is there/,
  ],
  [
    "has both forms",
    `export default { ...${SHORT}, open() {} };`,
    /open and prepare are both there/,
  ],
  [
    "has an open that is no function",
    `export default { ...${SHORT}, prepare: undefined, open: 1 };`,
    /open is 1, expected a function/,
  ],
  [
    "names a bad export",
    `export const good = ${SHORT}; export const wrong = 3;`,
    /number instead .* in export "wrong"/,
  ],
  [
    "has one name twice",
    `export const a = ${SHORT}; export const b = ${SHORT};`,
    /two of its exports are named "mine"/,
  ],
];
for (const [title, source, message] of bad) {
  test(`a plug-in that ${title} is bad input that says so`, async () => {
    const path = pluginFile(source);
    await assert.rejects(loadPlugin(path), badInput(message));
    await assert.rejects(loadPlugin(path), (error: Error) => error.message.includes(path));
  });
}

test("a file whose exports are not meant as programs is told from a malformed program", async () => {
  const helper = pluginFile("export const half = (x: number) => x / 2; export const sizes = [3];");
  await assert.rejects(
    loadPlugin(helper),
    (error) =>
      error instanceof NoProgram &&
      /exports half, sizes and no program, expected a function gradient/.test(error.message),
  );
  const malformed = pluginFile(`export default { ...${SHORT}, name: undefined };`);
  await assert.rejects(loadPlugin(malformed), (error) => !(error instanceof NoProgram));
});

test("a plug-in that is not there is bad input", async () => {
  await assert.rejects(
    loadPlugin(join(folder, "none.ts")),
    badInput(/there is no such file/),
  );
});
