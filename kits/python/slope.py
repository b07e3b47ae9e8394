"""What a Python plug-in, or its test, may import from Slope. Slope puts this file on the path; nothing is installed.

A plug-in needs none of it: a function `gradient` or `train_batch` is enough (docs/PYTHON.md). A test puts the folder of
this file on its own path, and checks a plug-in with `check_gradient`.
"""

from __future__ import annotations

import os
import sys
import time
import types
from contextlib import nullcontext
from typing import Any, Callable

__version__ = "0.2.0"
from slope_host.scripts import definitions_of, lines_of

__all__ = [
    "assert_gradient",
    "check_gradient",
    "definitions",
    "layer_views",
    "lines",
    "parameter_count",
    "phase",
]


def check_gradient(program: Any, **options: Any) -> Any:
    """Checks the gradient of a plug-in against Slope's oracle, by the command `slope diagnose`. Needs no data set.

    `program` is the path of a plug-in in any language, a module, or a function of one ("gradient", "train_batch").
    Options are those of the command: `layers=[784, 30, 10]`, `activation="tanh"`, `loss="softmax-cross-entropy"`,
    `batch=[10, 256]`, of which each is checked. No configuration is read unless `config="FILE"` names one, which then
    decides about data and sizes, too. The result has `verdict` ("right", "small-constant", "wrong", …), `findings` (dictionaries with
    "id", "layers" from 1, "title", "meaning" and "fix") and `text`.

    Raises ValueError for what is no plug-in, and RuntimeError where the command cannot run.
    """
    from slope_check import check_gradient

    return check_gradient(program, **options)


def assert_gradient(program: Any, **options: Any) -> None:
    """The same for a test: raises AssertionError with mistake, layer and what to change where the gradient is wrong.

    A small constant that training does not notice passes, such as ε in log(p + ε).
    """
    from slope_check import check_gradient

    check = check_gradient(program, **options)
    if check.verdict not in ("right", "small-constant"):
        raise AssertionError(check.text)


def definitions(path: str) -> types.ModuleType:
    """The functions, classes, imports and constants of a script, without running the rest.

    Most programs load data, plot and train at their top level, so they cannot be imported. This module holds what
    they define; what it leaves out is in `__skipped__`, as (line, source). Constants are literals, and what NumPy and
    Python's own modules compute from them. A relative `path` starts at the folder of the file that calls. Notebooks
    (.ipynb) are read cell by cell.

    What cannot be imported (matplotlib, say) fails when it is used, not when it is imported.
    """
    return definitions_of(_beside_caller(path))


def lines(path: str, first: int, last: int) -> Callable[..., types.SimpleNamespace]:
    """Lines `first` to `last` of a script, as a function: for a training loop that stands in no function.

    `step = lines("script.py", 40, 52)` and then `after = step(X=images, W1=weights[0], …)`: it sets these variables,
    runs the lines, and returns all variables (`after.W1`). The definitions of the script are there.
    """
    return lines_of(_beside_caller(path), first, last)


def _beside_caller(path: str) -> str:
    if os.path.isabs(path):
        return path
    caller = sys._getframe(2).f_globals.get("__file__", "")
    return os.path.join(os.path.dirname(os.path.abspath(caller)), path)


def layer_views(flat: Any, sizes: list) -> list:
    """The weights (out, in) and the biases (out,) of each layer, as views of an array in canonical order."""
    layers, at = [], 0
    for inputs, outputs in zip(sizes, sizes[1:]):
        end = at + outputs * inputs
        layers.append((flat[at:end].reshape(outputs, inputs), flat[end : end + outputs]))
        at = end + outputs
    return layers


def parameter_count(sizes: list) -> int:
    return sum(outputs * (inputs + 1) for inputs, outputs in zip(sizes, sizes[1:]))


def phase(name: str) -> Any:
    """Names what the block takes time for, while `slope profile` measures phases: `with slope.phase("forward"):`.

    Blocks may be nested: the time of the inner one is not counted for the outer one. Otherwise it costs about 0.1 µs.
    """
    return _Block(name) if phases.are_measured else _NOTHING


_NOTHING = nullcontext()
_MOST_PHASES = 32  # more names are a mistake, such as a name with a counter in it


class _Phases:
    """Adds up the time between marks under the name of the earlier one."""

    def __init__(self) -> None:
        self.are_measured = False
        self.current = "unmarked"
        self.times: dict[str, list[int]] = {}
        self.since = 0

    def mark(self, name: str) -> None:
        now = time.perf_counter_ns()
        if name not in self.times:
            self._add(name)
        of_current = self.times[self.current]
        of_current[0] += now - self.since
        of_current[1] += 1
        self.current = name
        self.since = now

    def _add(self, name: str) -> None:
        if not isinstance(name, str) or name == "":
            raise TypeError(f'the name of a phase is {name!r}, expected a string, as in phase("forward")')
        if len(self.times) == _MOST_PHASES:
            raise ValueError(
                f'phase "{name}" comes after {_MOST_PHASES} others, expected the same few names in every step'
            )
        self.times[name] = [0, 0]

    def start(self) -> None:
        self.times = {"unmarked": [0, 0]}
        self.current = "unmarked"
        self.are_measured = True
        self.since = time.perf_counter_ns()

    def stop(self) -> dict[str, dict[str, int]]:
        """ns and the number of marks of each phase."""
        self.mark("unmarked")
        self.are_measured = False
        return {name: {"ns": ns, "marks": marks} for name, (ns, marks) in self.times.items() if marks > 0}


phases = _Phases()


class _Block:
    __slots__ = ("name", "outer")

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self.outer = phases.current
        phases.mark(self.name)

    def __exit__(self, *_: Any) -> None:
        phases.mark(self.outer)
