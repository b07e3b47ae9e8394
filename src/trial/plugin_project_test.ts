import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { RUNTIMES } from "../base/runtime.ts";
import { writePrepared } from "../data/prepared.ts";
import { syntheticDigits } from "../data/synthetic.ts";
import { reasonText } from "../report/reason_words.ts";
import { networkOf } from "../../tests/support/problems.ts";
import { mappedImport, projectOf } from "./plugin_project.ts";
import { runTrial } from "./run_trial.ts";
import { findRuntime } from "./runtimes.ts";
import { skipFor } from "../../tests/support/skips.ts";

const folder = mkdtempSync(join(tmpdir(), "slope-project-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a project of these files and returns its folder. */
function project(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return join(folder, name);
}

/** A module that exports `half`: () => 0.5. */
const HALF_WASM = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 124, 3, 2, 1, 0, 7, 8, 1, 4],
  ...[...new TextEncoder().encode("half"), 0, 0, 10, 13, 1, 11, 0, 68],
  ...new Uint8Array(Float64Array.of(0.5).buffer),
  11,
);

const MINE = `
import { writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import process from "node:process";
import { sigmoid } from "../src/sigmoid.ts";
import { byte } from "@/pixels.ts";
import { mean } from "tiny-mean";
import { mean as same } from "averages";
import outer from "../src/outer.cjs";
import about from "../about.json" with { type: "json" };

const wasm = await readFile(new URL("./half.wasm", import.meta.url));
const { instance } = await WebAssembly.instantiate(wasm);
const { ten } = createRequire(import.meta.url)("../src/ten.cjs");

function shout() {
  console.log("by log");
  console.table([{ by: "table" }]);
  console.dir({ by: "dir" });
  console.group("by group");
  console.groupEnd();
  process.stdout.write("by stdout\\n");
  writeSync(1, "by file\\n42\\n{\\"no\\":1}\\nhalf a line");
}

shout();
export const name = about.name;
/** One layer, sigmoid, half the square of the error. */
export function gradient([weights], [biases], images, labels) {
  shout();
  const weightGradient = weights.map((row) => row.map(() => 0));
  const biasGradient = biases.map(() => 0);
  const losses = images.map((image, n) => {
    let loss = 0;
    for (let k = 0; k < ten; k++) {
      const a = sigmoid(weights[k].reduce((sum, w, d) => sum + w * image[d], biases[k]));
      const error = a - (labels[n] === k ? 1 : 0);
      const delta = error * a * (1 - a) / images.length;
      outer.add(weightGradient[k], delta, image);
      biasGradient[k] += delta;
      loss += instance.exports.half() * error * error;
    }
    return loss;
  });
  return [[weightGradient], [biasGradient], mean === same && byte === 255 ? mean(losses) : NaN];
}
`;

const PROJECT = {
  "package.json": `{ "type": "module", "dependencies": { "tiny-mean": "^1.0.0" } }`,
  "deno.json": `{
    // comments are allowed here
    "imports": { "averages": "npm:tiny-mean@1", "@/": "./src/", },
  }`,
  "about.json": `{ "name": "theirs" }`,
  "bench/mine.ts": MINE,
  "bench/half.wasm": HALF_WASM,
  "src/sigmoid.ts": "export const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));",
  "src/pixels.ts": "export const byte: number = 255;",
  "src/ten.cjs": "exports.ten = 10;",
  "src/outer.cjs": `const { ten } = require("./ten.cjs");
    module.exports.add = (row, delta, x) => {
      if (ten !== 10) return;
      for (let d = 0; d < x.length; d++) row[d] += delta * x[d];
    };`,
  "node_modules/tiny-mean/package.json":
    `{ "name": "tiny-mean", "version": "1.2.3", "type": "module", "exports": "./index.js" }`,
  "node_modules/tiny-mean/index.js": `import { sum } from "old-sum";
    if (process.env.NODE_ENV === "none") throw new Error("packages may look at variables");
    export const mean = (values) => sum(values) / values.length;`,
  "node_modules/old-sum/package.json": `{ "name": "old-sum", "version": "1.0.0" }`,
  "node_modules/old-sum/index.js":
    `exports.sum = (values) => { let s = 0; for (const v of values) s += v; return s; };`,
};

for (const name of RUNTIMES) {
  test(`a plug-in of a project runs in ${name}, and its prints disturb nothing`, async (t) => {
    const found = await findRuntime(name);
    if (!found.available) return t.skip(skipFor(reasonText(found.reason)));
    const plugin = join(project(name, PROJECT), "bench/mine.ts");
    const sets = { train: syntheticDigits(20, 1, "train"), test: syntheticDigits(10, 1, "test") };
    const lines: string[] = [];
    const data = join(folder, `data-${name}`);
    mkdirSync(data);
    const record = await runTrial({
      runtime: found.runtime,
      round: 1,
      needs: [],
      timeoutMs: 60_000,
      onLog: (line) => lines.push(line),
      request: {
        type: "run",
        protocol: 1,
        cell: {
          ...networkOf([784, 10]),
          layerSizes: [784, 10],
          implementation: "theirs",
          runtime: name,
          examples: 20,
          batchSize: 5,
          rate: 1,
          precision: "float64",
          threads: 1,
          seed: 1,
        },
        plugin,
        data: writePrepared(data, sets, 1, 20),
        initialisation: "uniform",
        keepWrong: false,
      },
    });
    assert.deepEqual(record?.reasons?.map(reasonText) ?? [], [], lines.slice(0, 5).join("\n"));
    assert.equal(record?.verification?.verdict, "reordered");
    for (const by of ["log", "dir", "group", "stdout", "file", "table"]) {
      assert.ok(
        lines.some((line) => line.includes(by)),
        `${by} is not among ${lines.slice(0, 20)}`,
      );
    }
  });
}

test("the project is the nearest folder with a deno.json or package.json, or its workspace", () => {
  const root = project("shop", {
    "package.json": `{ "workspaces": ["packages/*"] }`,
    "packages/a/package.json": "{}",
    "packages/a/src/mine.ts": "",
    "alone/mine.ts": "",
  });
  assert.deepEqual(projectOf(join(root, "packages/a/src/mine.ts")).read, [root]);
  const plain = project("plain", { "deep/mine.ts": "" });
  assert.deepEqual(projectOf(join(plain, "deep/mine.ts")), {
    root: join(plain, "deep"),
    read: [join(plain, "deep")],
    imports: {},
    configs: [],
  });
});

test("packages above the project may be read; a home folder may not", () => {
  const above = project("above", { "node_modules/a/index.js": "", "b/package.json": "{}" });
  symlinkSync(above, join(folder, "link"));
  assert.deepEqual(projectOf(join(above, "b/mine.ts")).read, [
    join(above, "b"),
    join(above, "node_modules"),
  ]);
  const { read } = projectOf(join(homedir(), "mine.ts"));
  assert.ok(!read.includes(homedir()) && read.every((path) => !path.includes("/.")), String(read));
});

test("an import is looked up by its longest entry, a package by its plain name", () => {
  const src = pathToFileURL("/a/src/").href;
  const imports = { "@/": src, "@/b/": "file:///b/", "x": "npm:@s/x@1.2", "x/": "npm:/@s/x@1.2/" };
  const found = (name: string) => mappedImport(imports, name);
  assert.equal(found("@/c.ts"), "file:///a/src/c.ts");
  assert.equal(found("@/b/c.ts"), "file:///b/c.ts");
  assert.equal(found("x"), "@s/x");
  assert.equal(found("x/part.js"), "@s/x/part.js");
  assert.equal(found("npm:y@2/z"), "y/z");
  assert.equal(found("y"), undefined);
});
