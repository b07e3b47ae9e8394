import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../support/cli.ts";
import {
  type Ended,
  ended,
  type Files,
  inProject,
  NEEDS_PACKAGE,
  npmInstall,
  onPath,
  ownPackages,
  userVariables,
} from "../support/installed.ts";
import { skipFor } from "../support/skips.ts";

const VITEST = "vitest@5.1.2";

const RIGHT = readFileSync(join(PROJECT, "examples/lists.ts"), "utf8");
/** The weight gradient of layer 2 has the wrong sign. */
const WRONG = `import { gradient as right } from "./right.ts";

export const gradient: typeof right = (weights, biases, images, labels) => {
  const [dw, db, loss] = right(weights, biases, images, labels);
  return [dw.map((layer, l) => (l === 1 ? layer.map((row) => row.map((x) => -x)) : layer)), db, loss];
};
`;

interface Runner {
  readonly name: string;
  /** The command, of which the first word must be on PATH. */
  readonly command: readonly string[];
  readonly file: (program: string) => string;
  readonly imported: string;
  readonly packages?: readonly string[];
}

const RUNNERS: readonly Runner[] = [
  {
    name: "node:test",
    command: ["node", "--test"],
    file: (program) => `${program}.test.ts`,
    imported: 'import { test } from "node:test";',
  },
  {
    name: "deno test",
    command: ["deno", "test", "--allow-read", "--allow-env"],
    file: (program) => `${program}_test.ts`,
    imported: "const { test } = Deno;",
  },
  {
    name: "bun test",
    command: ["bun", "test"],
    file: (program) => `./${program}.test.ts`,
    imported: 'import { test } from "bun:test";',
  },
  {
    name: "Vitest",
    command: ["npx", "vitest", "run"],
    file: (program) => `${program}.test.ts`,
    imported: 'import { test } from "vitest";',
    packages: [VITEST],
  },
];

const testOf = (imported: string, program: string) =>
  `${imported}
import { assertGradient } from "slope-bench";
import { gradient } from "./${program}.ts";

test("the gradient is right", () => assertGradient(gradient));
`;

for (const { name, command, file, imported, packages = [] } of RUNNERS) {
  test(
    `${name} fails for a wrong gradient with mistake and layer, and passes a right one`,
    NEEDS_PACKAGE,
    (t) =>
      inProject(programs(imported, file), async (folder) => {
        if (!onPath(command[0])) return t.skip(skipFor(`there is no ${command[0]} here`));
        if (packages.length > 0) ownPackages(folder);
        const lacking = packages.length > 0 ? npmInstall(folder, packages) : undefined;
        if (lacking !== undefined) return t.skip(skipFor(lacking));
        asModules(folder);
        const run = async (program: string): Promise<Ended> => {
          const [first, ...words] = [...command, file(program)];
          return await ended(first, words, { cwd: folder, env: userVariables({ CI: "true" }) });
        };
        const right = await run("right");
        assert.equal(right.code, 0, right.all);
        const wrong = await run("wrong");
        assert.notEqual(wrong.code, 0, wrong.all);
        assert.match(wrong.all, /the gradient is wrong: sign-reversed, layer 2 \(784-16-16-10/);
        assert.match(wrong.all, /cause: Each step .*climbs the loss/);
        assert.match(wrong.all, /layer 2: weights 2\.00/);
        assert.doesNotMatch(
          wrong.all,
          /relativeErrorByLayer/,
          "the fields of the error are not printed",
        );
      }),
  );
}

const programs = (imported: string, file: Runner["file"]): Files => ({
  "right.ts": RIGHT,
  "wrong.ts": WRONG,
  ...Object.fromEntries(
    ["right", "wrong"].map((program) => [file(program), testOf(imported, program)]),
  ),
});

/** `npm init` makes projects of CommonJS. */
function asModules(folder: string): void {
  const path = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...manifest, type: "module" }));
}

/** Whether pytest and NumPy are there. */
function lacksPytest(): string | undefined {
  try {
    execFileSync("python3", ["-c", "import numpy, pytest"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "python3 has no pytest, or no NumPy";
  }
}

const example = (path: string) => readFileSync(join(PROJECT, "examples", path), "utf8");

test(
  "pytest fails for a wrong gradient with mistake and layer, and passes a right one",
  NEEDS_PACKAGE,
  (t) =>
    inProject({
      "right.py": example("mistakes/right.py"),
      "wrong.py": example("mistakes/sign_reversed.py"),
      "pytest.ini": "[pytest]\npythonpath = node_modules/slope-bench/kits/python\n",
      "test_right.py":
        'from slope import assert_gradient\n\n\ndef test_gradient():\n    assert_gradient("right.py")\n',
      "test_wrong.py": "from slope import check_gradient\nimport wrong\n\n\n" +
        'def test_gradient():\n    check = check_gradient(wrong)\n    assert check.verdict == "right", check.text\n',
    }, async (folder) => {
      const lacking = lacksPytest();
      if (lacking !== undefined) return t.skip(skipFor(lacking));
      const run = (file: string) =>
        ended("python3", ["-m", "pytest", "-q", file], { cwd: folder, env: userVariables() });
      const right = await run("test_right.py");
      assert.equal(right.code, 0, right.all);
      const wrong = await run("test_wrong.py");
      assert.equal(wrong.code, 1, wrong.all);
      assert.match(wrong.all, /wrong\.py: the gradient is wrong: sign-reversed, layers 1, 2, 3/);
      assert.match(wrong.all, /fix: Return/);
    }),
);
