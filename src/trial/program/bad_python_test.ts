import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { withFolder } from "../../../tests/support/cli.ts";
import { networkOf, problemOf } from "../../../tests/support/problems.ts";
import { NEEDS_PYTHON, PYTHON } from "../../../tests/support/python.ts";
import { verify } from "../../check/verify_kernel.ts";
import { faultText } from "../../report/fault_words.ts";
import { ProgramError } from "./program_error.ts";
import { loadProgram } from "./load_program.ts";

const HEAD = "import numpy as np\n";
const DEF = HEAD + "def gradient(weights, biases, images, labels):\n";
const ZEROS = "[np.zeros_like(w) for w in weights], [np.zeros_like(b) for b in biases]";

/** What a bad program is told. */
const BAD: Readonly<Record<string, readonly [code: string, told: RegExp]>> = {
  "a wrong shape": [
    `${DEF}    return [np.zeros((w.shape[0], 3)) for w in weights], biases\n`,
    /returned the weight gradient of layer 1 in shape \(7, 3\), expected \(7, 12\) \(mine\.py:2: def/,
  ],
  "the other orientation, declared": [
    `weights = "out,in"\n${DEF}    return [np.zeros(w.T.shape) for w in weights], biases\n`,
    /in shape \(12, 7\), expected \(7, 12\): if your weights are \(in,out\), declare weights = "in,out"/,
  ],
  "single precision that is not declared": [
    `${DEF}    return [np.zeros(w.shape, np.float32) for w in weights], biases\n`,
    /layer 1 as float32, expected float64: compute in float64, or declare precision = "float32"/,
  ],
  "half precision, which cannot be declared": [
    `${DEF}    return [np.zeros(w.shape, np.float16) for w in weights], biases\n`,
    /layer 1 as float16, expected float64: compute in float64 \(mine\.py:2: def/,
  ],
  "whole numbers": [
    `${DEF}    return [np.zeros(w.shape, int) for w in weights], biases\n`,
    /layer 1 as int64, expected float64/,
  ],
  "the parameters themselves": [
    `${DEF}    return weights, biases\n`,
    /returned the parameters themselves, or a view of them, as the weight gradient of layer 1/,
  ],
  "None": [
    `${DEF}    pass\n`,
    /returned None, expected \(weight gradients, bias gradients\); a function that updates .* train_batch/,
  ],
  "None in the list": [
    `${DEF}    return [None for w in weights], biases\n`,
    /returned None for the weight gradient of layer 1/,
  ],
  "an array for the list": [
    `${DEF}    return np.zeros(3), biases\n`,
    /returned an array of shape \(3,\) for the weight gradients, expected a list of 3 arrays/,
  ],
  "too few layers": [
    `${DEF}    return [np.zeros_like(weights[0])], biases\n`,
    /returned 1 weight gradients, expected 3/,
  ],
  "a ragged list": [
    `${DEF}    return [[[1.0], [1.0, 2.0]], weights[1], weights[2]], biases\n`,
    /returned no array for the weight gradient of layer 1/,
  ],
  "weight gradients alone": [
    `${DEF}    return [np.zeros_like(w) for w in weights]\n`,
    /returned 3 weight gradients alone, expected .*; if it has no biases, declare biases = None \(mine/,
  ],
  "a message of several lines, in colour": [
    `${DEF}    raise ValueError("\\x1b[31mone\\n  two")\n`,
    /^ValueError: one two \(mine\.py:3/,
  ],
  "a single number": [`${DEF}    return 0.5\n`, /returned a float, expected \(weight gradients/],
  "a loss that is none": [
    `${DEF}    return ${ZEROS}, "small"\n`,
    /returned a str as the loss, expected a number/,
  ],
  "an exception in the gradient": [
    `${DEF}    z = images @ np.zeros(5)\n    return z\n`,
    /ValueError: matmul.* \(mine\.py:3: z = images @ np\.zeros\(5\)\)$/,
  ],
  "an exception on import": [
    `${HEAD}size = 1 / 0\ndef gradient(w, b, x, y): ...\n`,
    /ZeroDivisionError: division by zero \(mine\.py:2: size = 1 \/ 0\)$/,
  ],
  "a syntax error": ["def gradient(:\n", /SyntaxError: .* \(mine\.py:1: def gradient\(:\)$/],
  "an exit on import": [
    "import sys\nsys.exit(3)\n",
    /it ended itself, by SystemExit: 3 \(mine\.py:2: sys\.exit\(3\)\)$/,
  ],
  "no program": [HEAD, /mine\.py defines no program, expected a function gradient/],
  "a function of nearly the right name": [
    `${HEAD}def compute_gradients(weights, biases, images, labels): ...\n`,
    /mine\.py defines no program, .*; rename compute_gradients, if it is meant$/,
  ],
  "more arguments": [
    `${HEAD}def gradient(weights, biases, X, y, decay): ...\n`,
    /gradient takes \(weights, biases, X, y, decay\), expected \(.*labels\); give the others defaults \(mine/,
  ],
  "other arguments": [
    `${HEAD}def gradient(params, X, y): ...\n`,
    /gradient takes \(params, X, y\), expected \(weights, biases, images, labels\); if .* biases = None \(mine\.py:2/,
  ],
  "a package that is missing": [
    "import a_package_of_nobody.part\ndef gradient(w, b, x, y): ...\n",
    /Python has no package "a_package_of_nobody" \(.*python.*\): install it with .*-m pip install/,
  ],
  "a package that is missing, above a class that inherits its methods": [
    "import a_package_of_nobody\nfrom common import Net\nclass Mine(Net): pass\n",
    /Python has no package "a_package_of_nobody"/,
  ],
  "a helper that fails": [
    "class Odd(Exception): pass\nimport a_package_of_nobody\n",
    /mine\.py defines no program, .*; importing it fails: ModuleNotFoundError: .*a_package_of_nobody/,
  ],
  "an unknown choice": [
    `weights = "out in"\n${DEF}    return ${ZEROS}\n`,
    /mine\.py declares weights = "out in", expected one of "out,in", "in,out"$/,
  ],
  "another loss than the one asked for": [
    `loss = "softmax-cross-entropy"\n${DEF}    return ${ZEROS}\n`,
    /declares softmax-cross-entropy, but sigmoid-quadratic is asked for: use --loss softmax/,
  ],
  "a segmentation fault": [
    `import ctypes\n${DEF}    ctypes.string_at(0)\n`,
    /process ended early \(signal SIGSEGV, when asked to open\): .*mine\.py.*line 4 in gradient/,
  ],
  "the last layer first": [
    `${DEF}    w, b = ${ZEROS}\n    return w[::-1], b[::-1]\n`,
    /in shape \(10, 5\), expected \(7, 12\): the list seems to begin with the last layer/,
  ],
  "a name that is not there": [
    `${DEF}    return images @ wights[0]\n`,
    /NameError: name 'wights' is not defined.* \(mine\.py:3/,
  ],
  "an exit in the gradient": [
    `import os\n${DEF}    os._exit(7)\n`,
    /process ended early \(exit code 7, when asked to open\)/,
  ],
  "a class whose parameters have another length": [
    `${HEAD}class Mine:
    def __init__(self, problem): pass
    def load(self, parameters): self.p = parameters[1:]
    def dump(self): return self.p
    def loss_and_gradient(self, rows): return 0.5, self.p
`,
    /loss_and_gradient returned an array of shape \(190,\), expected \(191,\) \(mine\.py:6/,
  ],
};

for (const [name, [code, told]] of Object.entries(BAD)) {
  test(`${name}: the message says what and where`, NEEDS_PYTHON, async () => {
    await withFolder(async (folder) => {
      const file = join(folder, "mine.py");
      writeFileSync(file, code);
      await assert.rejects(judge(file, PYTHON!), (error: unknown) => {
        assert.ok(error instanceof ProgramError, String(error));
        assert.match(faultText(error.fault), told);
        return true;
      });
    });
  });
}

test("a name that slope.definitions left out is told with its line", NEEDS_PYTHON, async () => {
  await withFolder(async (folder) => {
    writeFileSync(
      join(folder, "theirs.py"),
      "m, n = load('train.csv').shape\n\ndef scaled(g):\n    return g / m\n",
    );
    const file = join(folder, "mine.py");
    const told: string[] = [];
    for (const wanted of ["scaled(images)", "m"]) {
      const load = 'import slope\ntheirs = slope.definitions("theirs.py")\n';
      writeFileSync(file, `${load}${DEF}    return theirs.${wanted}\n`);
      await assert.rejects(judge(file, PYTHON!), (error: unknown) => {
        assert.ok(error instanceof ProgramError);
        told.push(faultText(error.fault));
        return true;
      });
    }
    const line =
      /: line 1 of theirs\.py, `m, n = load.*`, is not run; set the name in your plug-in, as in theirs\.m = …/;
    assert.match(told[0], line);
    assert.match(told[0], /^NameError: name 'm' is not defined.*\(theirs\.py:4: return g \/ m\)$/);
    assert.match(told[1], line);
    assert.match(told[1], /^AttributeError: theirs\.py defines no m: .*\(mine\.py:5/);
  });
});

test("what lines of a script miss is to be given to their function", NEEDS_PYTHON, async () => {
  await withFolder(async (folder) => {
    writeFileSync(
      join(folder, "theirs.py"),
      "for i in range(9):\n    loss = 1 / i\n",
    );
    const file = join(folder, "mine.py");
    const load = 'import slope\nstep = slope.lines("theirs.py", 2, 2)\n';
    writeFileSync(file, `${load}${DEF}    return step()\n`);
    await assert.rejects(judge(file, PYTHON!), (error: unknown) => {
      assert.ok(error instanceof ProgramError);
      assert.match(
        faultText(error.fault),
        /is not run; give it to the function that slope\.lines returned, as in step\(i=…\)/,
      );
      return true;
    });
  });
});

test("a Python without NumPy is told by name", NEEDS_PYTHON, async () => {
  await withFolder(async (folder) => {
    execFileSync(PYTHON!, ["-m", "venv", "--without-pip", join(folder, "venv")]);
    const file = join(folder, "mine.py");
    writeFileSync(file, `${DEF}    return ${ZEROS}\n`);
    const python = join(folder, "venv", "bin", "python");
    await assert.rejects(judge(file, python), (error: unknown) => {
      assert.ok(error instanceof ProgramError);
      assert.deepEqual(error.fault, {
        kind: "missing-package",
        package: "numpy",
        interpreter: python,
      });
      return true;
    });
  });
});

test("a program that ignores its data is no failure, but wrong", NEEDS_PYTHON, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.py");
    writeFileSync(file, `${DEF}    return ${ZEROS}\n`);
    const { verdict, fault } = await judge(file, PYTHON!);
    assert.equal(verdict, "wrong");
    assert.deepEqual(fault, { kind: "zero-gradient" });
  });
});

async function judge(file: string, python: string) {
  const problem = problemOf(networkOf([12, 7, 5, 10]), 40, 7);
  const [program] = await loadProgram(file, python);
  const kernel = await program.open(problem);
  try {
    const start = new Float64Array(191).fill(0.25);
    return await verify(kernel, program.precision, problem, start);
  } finally {
    await kernel[Symbol.asyncDispose]();
  }
}
