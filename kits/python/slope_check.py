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

    #: "right", "wrong", "wrong-update", "right-for-another-convention", "right-up-to-a-constant", "wrong-elsewhere",
    #: "not-reproducible", or "failed" where the program does not answer.
    verdict: str
    findings: list[dict[str, Any]]
    text: str


def check_gradient(program: Any, **options: Any) -> GradientCheck:
    path = _path_of(program)
    arguments = ["diagnose", path, "--only", "gradient", "--format", "json", "--python", sys.executable]
    # No data set is needed: a gradient is right or wrong for any images.
    if not {"data", "synthetic"} & set(options):
        options = {"synthetic": True, "sizes": 200, **options}
    for name, value in options.items():
        arguments += _option(name, value)
    command = _command()
    ended = subprocess.run(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    if ended.returncode not in (0, 1) or not ended.stdout.strip():
        said = ended.stderr.strip()
        # A colon and a reason; the path of the program may have both, too.
        kind = ValueError if ended.returncode == 2 else RuntimeError
        raise kind(f"Cannot check the gradient of {path}: {said}")
    told = json.loads(ended.stdout)
    if isinstance(told, list):
        raise ValueError(f"Cannot check the gradient of {path}: it has {len(told)} programs, expected one")
    if "skipped" in told:
        raise RuntimeError(f"Cannot check the gradient of {path}: {ended.stderr.strip()}")
    findings, failures = told["findings"], told["failures"]
    verdict = "failed" if failures else told["verdict"]
    return GradientCheck(verdict, findings, _text(os.path.basename(path), verdict, findings, failures))


def _text(name: str, verdict: str, findings: list, failures: list) -> str:
    if failures:
        return f"{name} does not answer: " + "; ".join(one["reason"] for one in failures)
    if not findings:
        return f"{name}: the gradient is right"
    titles = "; ".join(one["title"] for one in findings)
    lines = [f"{name}: the gradient is {verdict.replace('-', ' ')}: {titles}"]
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
