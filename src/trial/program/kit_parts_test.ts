/** The parts of the kit for Python that no program has to run for. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import process from "node:process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { withFolder } from "../../../tests/support/cli.ts";
import { NEEDS_PYTHON, PYTHON } from "../../../tests/support/python.ts";

const KIT = fileURLToPath(new URL("../../../kits/python/", import.meta.url));

/** The forms in which gradients of two layers come back, and the loss that comes with them. */
const RESULTS = `
import numpy as np
from collections import namedtuple
from types import SimpleNamespace as Fields
from slope_host.results import split_result
W, B = [np.zeros((7, 12)), np.zeros((10, 7))], [np.zeros(7), np.zeros((10, 1))]
(W1, W2), (b1, b2) = W, B
forms = [
    ((W, B), None), ((W, B, 1.0), 1.0), ((B, W), None), ((tuple(B), tuple(W), 2), 2.0),
    ([(W1, b1), (W2, b2)], None),
    ([{"dW": W1, "db": b1}, {"dW": W2, "db": b2}], None),
    ({1: {"weights": W1, "bias": b1, "A": 3}, 2: {"weights": W2, "bias": b2, "A": 3}}, None),
    ({"weights": W, "biases": B}, None), ({"dW": W, "db": B, "loss": 2}, 2.0),
    ({"dW1": W1, "db1": b1, "dZ1": 1, "dW2": W2, "db2": b2}, None),
    ((W1, b1, W2, b2), None), ((W1, W2, b1, b2, 0.5), 0.5), ((0.5, W1, b1, W2, b2), 0.5),
    ((0.5, [(W1, b1), (W2, b2)]), 0.5), (({"W1": W1, "b1": b1, "W2": W2, "b2": b2}, np.array([[2.0]])), 2.0),
    ((map(np.array, W), (b for b in B)), None), ((map(np.array, W), (b for b in B), 2), 2.0),
    ((1, (W, B)), 1.0), ((1, [W1, b1, W2, b2]), 1.0), ((1, W, B), 1.0), (((W, B), None), None),
    ({"W2": W2, "W1": W1, "b2": b2, "b1": b1, "cost": 3}, 3.0),
    ({"W1": 0, "dW1": W1, "b1": 0, "db1": b1, "W2": 0, "W2_grad": W2, "b2_grad": b2}, None),
    ({"fc2.weight": W2, "fc2.bias": b2, "fc1.weight": W1, "fc1.bias": b1, "loss": 1}, 1.0),
    ({"weights_0_1": W1, "weights_1_2": W2, "hidden0": b1, "hidden1": b2}, None),
    ({2: {"grad_W": W2, "grad_b": b2}, 1: {"grad_W": W1, "grad_b": b1}}, None),
    ([Fields(W=0, b=0, dW=W1, db=b1), Fields(mask=1), Fields(W=0, b=0, dW=W2, db=b2)], None),
    ([Fields(W=0, b=0, wd=0.1, dW=W1, db=b1), Fields(W=0, b=0, wd=0.1, dW=W2, db=b2)], None),
    ([(b1, W1), (b2, W2)], None), (zip(W, B), None), (Fields(weights=W, biases=B, loss=4), 4.0),
    (namedtuple("Result", "cost dW db")(5.0, W, B), 5.0),
    (({2: {"weight": W2, "bias": b2}, 1: {"weight": W1, "bias": b1}}, {"A0": W1}), None),
    (({"dW1": W1, "db1": b1, "dW2": W2, "db2": b2}, {"W1": 0, "b1": 0}, 7), 7.0),
]
for result, loss in forms:
    weights, biases, found = split_result(result, True, print)
    weights, biases = list(weights), list(biases)
    assert [w.shape for w in weights] == [(7, 12), (10, 7)], result
    assert [b.size for b in biases] == [7, 10] and found == loss, result
assert split_result((W1, 0.25, W2, 0.5), True, print)[1] == [0.25, 0.5]
weights, biases, loss = split_result((W1, b1), True, print)  # of a single layer
assert weights is W1 and biases is b1 and loss is None
`;

test("gradients come back in many forms", NEEDS_PYTHON, () => {
  execFileSync(PYTHON!, ["-B", "-c", RESULTS], {
    cwd: KIT,
    stdio: "pipe",
  });
});

/** Taking a sample calls linecache; here that takes so long that the next sample comes meanwhile. */
const SAMPLED_TWICE = `
import linecache, signal
from slope_host.profiler import Profiler
profiler = Profiler(1000, None)
read = linecache.getline
def slow(file, line):
    signal.raise_signal(signal.SIGALRM)
    return read(file, line)
linecache.getline = slow
open("mine.py", "w").write("import signal\\ndef work():\\n    signal.raise_signal(signal.SIGALRM)\\n")
import sys; sys.path.insert(0, "."); import mine; mine.work()
names = [node["callFrame"]["functionName"] for node in profiler.nodes]
assert "work" in names and "_sample" not in names, names
# Some instructions belong to no line.
import types
profiler.host = object()
profiler._take(types.SimpleNamespace(f_code=mine.work.__code__, f_lineno=None, f_back=None))
assert profiler.nodes[profiler.samples[-1] - 1]["callFrame"]["functionName"] == "def work():"
`;

test(
  "a sample that comes while another is taken is left out, and one at no line counts for its function",
  NEEDS_PYTHON,
  async () => {
    await withFolder((folder) => {
      const env = { ...process.env, PYTHONPATH: KIT };
      execFileSync(PYTHON!, ["-B", "-c", SAMPLED_TWICE], { cwd: folder, env, stdio: "pipe" });
      return Promise.resolve();
    });
  },
);

const OLDEST = `
import ast, pathlib
files = list(pathlib.Path(".").rglob("*.py"))
for file in files:
    ast.parse(file.read_text(), str(file), feature_version=(3, 9))
print(len(files))
`;

test("the kit has the syntax of Python 3.9", NEEDS_PYTHON, () => {
  const read = execFileSync(PYTHON!, ["-B", "-c", OLDEST], {
    cwd: KIT,
    encoding: "utf8",
  });
  assert.ok(Number(read) > 10);
});
