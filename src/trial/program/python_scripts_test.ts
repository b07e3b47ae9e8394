import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { withFolder } from "../../../tests/support/cli.ts";
import { NEEDS_PYTHON, PYTHON } from "../../../tests/support/python.ts";

const KIT = fileURLToPath(new URL("../../../kits/python/", import.meta.url));

const FILES: Readonly<Record<string, string>> = {
  "project/network.py": `
import sys
sys.path.append("../helpers")
from activations import sigmoid, PLOTTED
import ends_the_process
from of_nobody import *
if __name__ == "__main__":
    sizes = [1, 2]
sizes = [784]
sizes += [30, 10]
if len(sizes) > 2:
    from activations import tanh
else:
    from of_nobody import tanh

class Tensors(nobodys.Module):
    pass

class Broken(object):
    def f(self):
        return (1 +

def uses_a_star(z):
    return logistic(z)

def right(z):
    return sigmoid(z)

import of_nobody.parts as parts, of_nobody

class Layer(parts.Module, of_nobody.Mixin):
    def __init__(self, size, start=parts.Uniform(-0.1, 0.1)):
        super().__init__(size)
        self.size, self.start = size, start
`,
  "helpers/activations.py": `
import nobodys_plots as plt
import math
PLOTTED = plt.plot([1, 2])
def sigmoid(z):
    return 1 / (1 + math.exp(-z))
tanh = math.tanh
`,
  "project/ends_the_process.py": "import sys\ndef own(): return 3\nsys.exit(2)\n",
  "project/old.py": `
import sys
text = """
def no_function(:
"""
def f(x, names=map(str, [1])):
    try:
        if x <> 1: raise ValueError, "not 1"
        print("a",
              # b
              "c")
        print >>sys.stderr, "d", ; print
    except ValueError, error:
        return [str(error), names]
    return [x]
def g(items):
    return sorted(items, key=lambda (a, b): b)
`,
  "project/inner.py": `def main():
    def half(x):
        return x / 2
    return half(open("rate"))
names = 3
class Net:
    def method(self): ...
main()
`,
  "project/other_language.py": "library(mnist)\nx <- 3\nf <- function(x) { x }\n",
  "project/wrong.py": "import math\nx = = 3\n",
};

const CHECKS = `
import slope, sys
net = slope.definitions(sys.argv[1] + "/network.py")
assert net.right(0) == 0.5 and net.sizes == [784, 30, 10] and net.tanh(0) == 0
assert net.ends_the_process.own() == 3

def told(do):
    try:
        do()
    except (AttributeError, ImportError, SyntaxError) as error:
        return str(error)

def says(text, *parts):
    assert all(part in text for part in parts), text

says(told(lambda: net.Tensors), "line 16 of network.py, \`class Tensors(nobodys.Module):\`, fails: NameError")
says(told(lambda: net.Broken), "\`class Broken(object):\`, cannot be parsed (line 2")
layer = net.Layer(3)
assert layer.size == 3 and not hasattr(layer, "parameters")
says(told(lambda: layer.parameters), "parameters would be of parts.Module", "No module named")
says(told(lambda: layer.start(2) + 1), "No module named")
says(told(lambda: net.parts.f), "No module named")
says(told(lambda: net.PLOTTED.x), "PLOTTED", "activations")

inner = slope.definitions(sys.argv[1] + "/inner.py")
take = 'slope.lines("inner.py", 2, 3)().half'
says(told(lambda: inner.half), "inner.py defines no half at its top level", take)
assert slope.lines(sys.argv[1] + "/inner.py", 2, 3)().half(4) == 2
says(told(lambda: inner.namez), "inner.py defines no namez; did you mean names?")
says(told(lambda: inner.method), "inner.py defines no method")

from slope_host.conversation import failure_of
try:
    net.uses_a_star(1)
except NameError as error:
    says(failure_of(error)["message"], "'logistic'", "line 6 of network.py, \`from of_nobody import *\`, which fails: No")

old = slope.definitions(sys.argv[1] + "/old.py")
assert old.f(1) == [1] and old.f(2) == ["not 1", ["1"]], old.f(2)
says(told(lambda: old.g), "cannot be parsed (line 1")
for name in ("other_language", "wrong"):
    says(told(lambda: slope.definitions(sys.argv[1] + f"/{name}.py")), "invalid syntax")
`;

test(
  "scripts that cannot be run as a whole give what can be had, and tell the rest",
  NEEDS_PYTHON,
  async () => {
    await withFolder((folder) => {
      for (const [name, content] of Object.entries(FILES)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      execFileSync(PYTHON!, ["-B", "-c", CHECKS, join(folder, "project")], {
        cwd: KIT,
        stdio: "pipe",
      });
      return Promise.resolve();
    });
  },
);
