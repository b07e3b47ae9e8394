"""Which functions or classes of a module are programs."""

from __future__ import annotations

import ast
import builtins
import difflib
import importlib.util
import inspect
import os
import re
import sys
import unicodedata
from typing import Any

from .conversation import NoProgram, failure_of


def program_name(path: str) -> str:
    """The name of a program that has none of its own, from its file: `programName` of Slope does the same."""
    stem = os.path.splitext(os.path.basename(path))[0].replace("\u00df", "ss")
    plain = "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.category(c).startswith("M"))
    name = re.sub("[^A-Za-z0-9_.-]+", "_", plain).lstrip(".-")
    return name or "program"


def import_plugin(plugin: str, name: str) -> Any:
    """Imports a file as the module `name`, with its folder on the path."""
    sys.path.insert(1, os.path.dirname(plugin))
    spec = importlib.util.spec_from_file_location(name, plugin)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        # A module of functions or a script of plots, which lacks a package or a file here, is nobody's program.
        if not _may_offer(plugin):
            why = failure_of(error)["message"]
            raise NoProgram(f"{_offers_none(plugin)}; importing it fails: {why}") from None
        raise
    return module


def programs_in(module: Any, name: str) -> dict[str, Any]:
    """Name → function or class: `programs`, else `gradient`, `train_batch`, and every class of the full form."""
    chosen = getattr(module, "programs", None)
    if isinstance(chosen, dict) and chosen and all(map(callable, chosen.values())):
        return {str(key): value for key, value in chosen.items()}
    for form in ("gradient", "train_batch"):
        if inspect.isroutine(getattr(module, form, None)) or callable(getattr(module, form, None)):
            return {name: getattr(module, form)}
    classes = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and value.__module__ == name
        and all(hasattr(value, method) for method in ("load", "dump", "loss_and_gradient"))
    ]
    if len(classes) == 1:
        return {getattr(classes[0], "name", name): classes[0]}
    if classes:
        return {getattr(one, "name", one.__name__): one for one in classes}
    raise NoProgram(_offers_none(module.__file__) + _nearly_named(module))


def _nearly_named(module: Any) -> str:
    """What to say of a function `gradients` or `trainBatch`; empty where no name is near."""
    own = {key.replace("_", "").casefold(): key for key, value in vars(module).items() if inspect.isfunction(value)}
    for form in ("gradient", "train_batch"):
        if near := difflib.get_close_matches(form.replace("_", ""), own, 1, 0.65):
            return f"; rename {own[near[0]]}, if it is meant"
    return ""


_RATE = re.compile(r"rate|lr|eta|alpha|step|gamma|epsilon|\u03b7", re.IGNORECASE)


def is_update(function: Any, declared: dict[str, Any]) -> bool:
    """Whether a function is of the update form: it takes a rate, too. One that is called gradient must say so."""
    if getattr(function, "__name__", "") == "train_batch":
        return True
    try:
        parameters = [
            one
            for one in inspect.signature(function).parameters.values()
            if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        return False
    if getattr(function, "__name__", "") == "gradient" and not (parameters and _RATE.search(parameters[-1].name)):
        return False
    return len(parameters) == (4 if "biases" in declared and declared["biases"] is None else 5)


def _offers_none(plugin: str) -> str:
    return (
        f"{os.path.basename(plugin)} defines no program, expected a function gradient(weights, "
        "biases, images, labels) or train_batch(weights, biases, images, labels, rate), or a class with "
        "load, dump and loss_and_gradient"
    )


_OFFERED = {"gradient", "train_batch", "programs", "loss_and_gradient", "*"}


def _may_offer(plugin: str) -> bool:
    """Whether a source defines or imports a name that a program has, or a class that may inherit it; one that cannot be
    parsed may."""
    try:
        with open(plugin, encoding="utf-8") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        return True
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not all(map(_is_builtin, node.bases)):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = [node.name]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names = [node.id]
        else:
            continue
        if not _OFFERED.isdisjoint(names):
            return True
    return False


def _is_builtin(base: ast.expr) -> bool:
    """object, Exception and the like have no methods of a program."""
    return isinstance(base, ast.Name) and hasattr(builtins, base.id)
