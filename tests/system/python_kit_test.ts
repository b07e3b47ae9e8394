import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { PROJECT, smallData, withFolder } from "../support/cli.ts";
import { NEEDS_PYTHON, PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";

const RUN = CURRENT_RUNTIME.name === "deno" ? ["run", "--quiet", "--allow-all"] : [];
const COMMAND = [process.execPath, ...RUN, join(PROJECT, "src/main.ts")].join(" ");

/** Prints verdict and layers of each check, and whether a test passes, or the error. */
const SCRIPT = `
import json, sys
from slope import assert_gradient, check_gradient

for program, options in json.loads(sys.argv[1]):
    try:
        check = check_gradient(program, **options)
        try:
            passes = assert_gradient(program, **options) is None
        except AssertionError:
            passes = False
        print(json.dumps([check.verdict, [one.get("layers") for one in check.findings], passes]))
    except Exception as error:
        print(json.dumps(repr(error)))
`;

test(
  "the kit checks every minibatch and network that is asked for, whatever the configuration says",
  {
    ...SLOW,
    ...NEEDS_PYTHON,
  },
  async () => {
    await withFolder((folder) => {
      const example = (name: string) =>
        readFileSync(join(PROJECT, "examples/mistakes", name), "utf8");
      writeFileSync(join(folder, "right.py"), example("right.py"));
      writeFileSync(join(folder, "wrong.py"), example("sign_reversed.py"));
      writeFileSync(join(folder, "epsilon.py"), example("small_constant.py"));
      const plan = { batchSizes: [10, 300], layers: [[784, 5, 10], [784, 6, 10]] };
      writeFileSync(join(folder, "slope.config.json"), JSON.stringify(plan));
      const checks = [
        ["right.py", {}],
        ["right.py", { batch: 256, layers: [[784, 5, 10], [784, 4, 10]], data: null }],
        ["wrong.py", { batch: [10, 20], synthetic: false, sizes: 100 }],
        ["epsilon.py", {}],
      ];
      const { stdout, stderr } = spawnSync(PYTHON!, ["-c", SCRIPT, JSON.stringify(checks)], {
        cwd: folder,
        encoding: "utf8",
        env: {
          ...process.env,
          PYTHONPATH: join(PROJECT, "kits/python"),
          SLOPE_COMMAND: COMMAND,
          SLOPE_DATA: smallData(),
        },
      });
      assert.deepEqual(
        stdout.trim().split("\n").map((line) => JSON.parse(line)),
        [
          ["right", [], true],
          ["right", [], true],
          ["wrong", [[1, 2, 3]], false],
          ["small-constant", [[3]], true],
        ],
        stderr,
      );
      return Promise.resolve();
    });
  },
);
