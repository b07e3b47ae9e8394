"""Checks a gradient from Python, by the command `slope diagnose`."""

from __future__ import annotations

import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import types
from dataclasses import dataclass
from typing import Any

# The package, or the checkout, that this kit is part of.
_SLOPE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradient` found out."""

    #: "right", "small-constant" (right but for an ε that training does not notice), "wrong", "wrong-update",
    #: "right-for-another-convention", "right-up-to-a-constant", "right-until-large" (with much larger parameters it
    #: overflows or fails), "wrong-elsewhere", "not-reproducible", or "failed" where the program does not answer.
    verdict: str
    findings: list[dict[str, Any]]
    text: str


def check_gradient(program: Any, **options: Any) -> GradientCheck:
    path = _path_of(program)
    options = {name: value for name, value in options.items() if value is not None}
    arguments = ["diagnose", path, "--only", "gradient", "--format", "json", "--python", sys.executable]
    if "config" not in options:
        # A test checks the same wherever it is started. The configuration is there for measurements.
        options["config"] = "none"
        # No data set is needed: a gradient is right or wrong for any images.
        if not {"data", "synthetic"} & set(options):
            options = {"synthetic": True, "sizes": max(200, _longest(options.get("batch"))), **options}
    for name, value in options.items():
        arguments += _option(name, value)
    command = _command()
    ended = subprocess.run(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    said = ended.stderr.strip()
    if ended.returncode not in (0, 1) or not ended.stdout.strip():
        # A colon and a reason; the path of the program may have both, too.
        kind = ValueError if ended.returncode == 2 else RuntimeError
        raise kind(f"Cannot check the gradient of {path}: {said}")
    told = json.loads(ended.stdout)
    # A cell for each network, minibatch size and seed that is asked for.
    cells = told if isinstance(told, list) else [told]
    names = {one["cell"]["implementation"] for one in cells if "cell" in one}
    if len(names) > 1:
        raise ValueError(f"Cannot check the gradient of {path}: it has {len(names)} programs, expected one")
    if any("skipped" in one for one in cells):
        raise RuntimeError(f"Cannot check the gradient of {path}: {said}")
    failures = [failure for one in cells for failure in one["failures"]]
    verdict = "failed" if failures else max(map(_verdict_of, cells), key=_badness)
    findings = list(
        {(one["title"], *one.get("layers", [])): one for cell in cells for one in cell["findings"]}.values()
    )
    return GradientCheck(verdict, findings, _text(os.path.basename(path), verdict, findings, failures))


_VERDICTS = (
    ["right", "small-constant", "right-up-to-a-constant", "right-for-another-convention"]
    + ["right-until-large", "not-reproducible", "wrong-elsewhere", "wrong-update", "wrong"]
)


def _verdict_of(cell: dict[str, Any]) -> str:
    """The cell's verdict. A small constant alone is harmless wherever the gradient is not called wrong."""
    is_alone = all(one["id"] == "small-constant" for one in cell["findings"])
    is_harmless = cell["verdict"] == "right-for-another-convention" and is_alone
    return "small-constant" if is_harmless else cell["verdict"]


def _badness(verdict: str) -> int:
    return _VERDICTS.index(verdict) if verdict in _VERDICTS else len(_VERDICTS)


def _longest(batch: Any) -> int:
    """The most rows of these minibatch sizes, as 10, [10, 100] or "10,1k"; 0 for "full"."""
    sizes = batch if isinstance(batch, (list, tuple)) else str(batch).split(",")
    found = [re.fullmatch(r"(\d+)(k?)", str(size).strip()) for size in sizes]
    return max((int(one[1]) * (1000 if one[2] else 1) for one in found if one), default=0)


def _text(name: str, verdict: str, findings: list, failures: list) -> str:
    if failures:
        return f"{name} does not answer: " + "; ".join(one["reason"] for one in failures)
    if not findings:
        return f"{name}: the gradient is right"
    titles = "; ".join(one["title"] for one in findings)
    said = "right but for a harmless constant" if verdict == "small-constant" else verdict.replace("-", " ")
    lines = [f"{name}: the gradient is {said}: {titles}"]
    for number, one in enumerate(findings, 1):
        lines += [
            f"{number}. {one['title']}",
            f"   seen: {one['evidence']}",
            f"   cause: {one['meaning']}",
            f"   fix: {one['fix']}",
        ]
    return "\n".join(lines)


def _option(name: str, value: Any) -> list[str]:
    flag = "--" + name.replace("_", "-")
    if value is True:
        return [flag]
    if value is False:
        return []
    if isinstance(value, (list, tuple)) and any(isinstance(one, (list, tuple)) for one in value):
        return [word for one in value for word in _option(name, one)]
    if isinstance(value, (list, tuple)):
        value = ",".join(str(one) for one in value)
    return [flag, str(value)]


def _path_of(program: Any) -> str:
    if isinstance(program, (str, os.PathLike)):
        return os.path.abspath(os.fspath(program))
    if isinstance(program, types.ModuleType) and program.__file__:
        return os.path.abspath(program.__file__)
    if inspect.isfunction(program) and program.__name__ in ("gradient", "train_batch"):
        return os.path.abspath(program.__code__.co_filename)
    raise ValueError(
        f"Cannot check the gradient of {program!r}: expected the path of a plug-in, a module, or its function "
        "gradient or train_batch"
    )


_LOWEST = {"node": (22, 18), "bun": (1, 4), "deno": (2, 9)}


def _command() -> list[str]:
    """The words that start Slope: those of $SLOPE_COMMAND, of the package or checkout around this file, or `slope`."""
    given = os.environ.get("SLOPE_COMMAND")
    if given:
        return shlex.split(given)
    installed = os.path.join(_SLOPE, "src", "slope.cjs")
    script = os.path.join(_SLOPE, "src", "main.js")
    script = installed if os.path.exists(script) else os.path.join(_SLOPE, "src", "main.ts")
    if os.path.exists(script):
        for name in _LOWEST:
            runtime = shutil.which(name)
            if runtime and _is_recent(name, runtime):
                return [runtime, *(["run", "--quiet", "--allow-all"] if name == "deno" else []), script]
        raise RuntimeError(
            "Cannot check the gradient: there is none of Node 22.18, Bun 1.4 or Deno 2.9 (or later); install one"
        )
    found = shutil.which("slope")
    if found:
        return [found]
    raise RuntimeError(
        "Cannot check the gradient: there is no command slope; install the npm package slope-bench, or set SLOPE_COMMAND"
    )


def _is_recent(name: str, runtime: str) -> bool:
    told = subprocess.run([runtime, "--version"], stdout=subprocess.PIPE, encoding="utf-8").stdout
    version = re.search(r"(\d+)\.(\d+)", told)
    return version is not None and tuple(map(int, version.groups())) >= _LOWEST[name]
