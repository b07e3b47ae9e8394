import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { PROJECT } from "../support/cli.ts";
import { GIVEN_DATA } from "../support/given_data.ts";
import { ended, inProject, NEEDS_PACKAGE, onPath, userVariables } from "../support/installed.ts";
import { skipFor } from "../support/skips.ts";

const LISTS = readFileSync(join(PROJECT, "examples/lists.ts"), "utf8");
const API = join(PROJECT, "tests/golden/api.txt");

/** What the library offers, as `deno doc` prints it: names, signatures and texts. */
async function describedApi(): Promise<string> {
  const { code, stdout, stderr } = await ended("deno", ["doc", "src/index.ts"], {
    cwd: PROJECT,
    env: { ...process.env, NO_COLOR: "1" },
  });
  assert.equal(code, 0, stderr);
  return stdout.replaceAll(/^Defined in .*\n\n?/gm, "").trimEnd() + "\n";
}

test(
  "the public API changes on purpose only: SLOPE_API=accept deno task test:package takes a change over",
  {
    ...!onPath("deno") && { skip: skipFor("there is no deno here") },
  },
  async () => {
    const api = await describedApi();
    if (process.env.SLOPE_API === "accept") writeFileSync(API, api);
    assert.equal(existsSync(API) ? readFileSync(API, "utf8") : "", api);
  },
);

/** The examples in the docstrings of the library, by the function that they explain. */
function examples(): [name: string, code: string][] {
  const folder = join(PROJECT, "src/library");
  return readdirSync(folder).filter((file) => /(?<!_test)\.ts$/.test(file)).flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    const pattern =
      /@example\n \* ```ts\n((?: \*.*\n)*?) \* ```\n \*\/\nexport (?:async )?function (\w+)/g;
    return [...text.matchAll(pattern)].map(([, code, name]): [string, string] => [
      name,
      code.replaceAll(/^ \* ?/gm, ""),
    ]);
  });
}

test(
  "the examples of all functions run in a project of the user, in the order of a first use",
  NEEDS_PACKAGE,
  () =>
    inProject({
      "mine.ts": LISTS,
      "mine.py": readFileSync(join(PROJECT, "examples/mistakes/right.py"), "utf8"),
      "package.json": JSON.stringify({ name: "project", type: "module" }),
    }, async (folder) => {
      const all = examples();
      const order = [
        "gradientOf",
        "checkGradient",
        "assertGradient",
        "bench",
        "readRun",
        "render",
        "compare",
        "diagnose",
      ];
      assert.deepEqual(
        all.map(([name]) => name).sort(),
        [...order].sort(),
        "every function has an example",
      );
      for (const name of order) {
        if (name === "diagnose" && !onPath("python3")) continue;
        const code = all.find(([one]) => one === name)![1]
          .replace("results/before", "results/latest")
          // On a busy machine the usual budget may pay for one round, which compares nothing.
          .replace('["mine.ts"] }, { preset', '["mine.ts"], budgetSeconds: 120 }, { preset');
        writeFileSync(join(folder, `${name}.ts`), code);
        const { code: exit, all: said } = await ended("node", [`${name}.ts`], {
          cwd: folder,
          env: { ...userVariables(), SLOPE_DATA: GIVEN_DATA },
        });
        assert.equal(exit, 0, `${name}: ${said}`);
        if (name === "assertGradient") assert.match(said, /pass 1/);
      }
    }),
);

test(
  "an editor knows the types: satisfies accepts what fits and refuses what does not",
  NEEDS_PACKAGE,
  () =>
    inProject({
      "package.json": JSON.stringify({ name: "project", type: "module" }),
      "right.ts":
        `import { bench, checkGradient, type GradientPlugin, type Plan, type Summary } from "slope-bench";
export default {
  name: "mine",
  summary: "flat arrays",
  precision: "float32",
  prepare({ network, dataset }) {
    return (parameters, batch, gradient) => {
      gradient.fill(0);
      return parameters[0] * batch.length * network.layerSizes[0] * dataset.count;
    };
  },
} satisfies GradientPlugin;
const { relativeErrorByLayer } = await checkGradient((weights, biases, images, labels) => {
  labels satisfies number[];
  return [weights, biases, images[0][0]];
}, { network: { layerSizes: [784, 30, 10] } });
relativeErrorByLayer[0].weights satisfies number;
const plan: Plan = { plugins: ["mine.ts"], batchSizes: [10] };
const summary: Summary = await bench(plan, { preset: "quick", signal: AbortSignal.timeout(1000) });
summary.cells satisfies readonly unknown[];
`,
      "wrong.ts": `import type { GradientPlugin } from "slope-bench";
export default { name: "mine", summary: "", precision: "float16", prepare: () => () => 0 } satisfies GradientPlugin;
`,
    }, async (folder) => {
      const tsc = join(PROJECT, "node_modules/typescript/bin/tsc");
      const flags = [
        "--noEmit",
        "--strict",
        "--target",
        "esnext",
        "--module",
        "nodenext",
        "--types",
        "",
      ];
      const check = (file: string) => ended("node", [tsc, ...flags, file], { cwd: folder });
      const right = await check("right.ts");
      assert.equal(right.code, 0, right.all);
      const wrong = await check("wrong.ts");
      assert.notEqual(wrong.code, 0);
      assert.match(wrong.all, /float16/);
    }),
);

test("deno publish would take the library", {
  ...!onPath("deno") && { skip: skipFor("there is no deno here") },
}, async () => {
  const flags = ["--dry-run", "--allow-dirty", "--allow-slow-types"];
  const { code, all } = await ended("deno", ["publish", ...flags], { cwd: PROJECT });
  assert.equal(code, 0, all.slice(-2000));
});
