import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { slopeHere, withFolder } from "../support/cli.ts";
import { PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";
import { skipFor } from "../support/skips.ts";

const NEEDS_PYTEST = PYTHON !== undefined &&
    spawnSync(PYTHON, ["-c", "import pytest"], { stdio: "ignore" }).status === 0
  ? {}
  : {
    skip: skipFor(
      "no Python with NumPy and pytest; apt-get install python3-numpy python3-pytest",
    ),
  };

const init = async (dir: string, ...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await slopeHere(["init", ...args, "--dir", dir]);
  assert.equal(code, 0, stderr);
  return stdout;
};

test("the test that init writes in Python passes, and fails for a wrong gradient", {
  ...SLOW,
  ...NEEDS_PYTEST,
}, async () => {
  await withFolder(async (dir) => {
    await init(dir, "py");
    const pytest = () =>
      spawnSync(PYTHON!, ["-m", "pytest", "-q", "test_my_gradient.py"], {
        cwd: dir,
        encoding: "utf8",
      });
    const right = pytest();
    assert.equal(right.status, 0, right.stdout + right.stderr);
    const path = join(dir, "my_gradient.py");
    writeFileSync(path, readFileSync(path, "utf8").replace("* (1 - above)", ""));
    const wrong = pytest();
    assert.equal(wrong.status, 1);
    assert.match(wrong.stdout, /the gradient is wrong: /);
    writeFileSync(join(dir, "setup.cfg"), "");
    rmSync(join(dir, "pytest.ini"));
    assert.match(await init(dir, "py", "--name", "other"), /Add pythonpath = .*kits.python to the/);
  });
});
