"""Which statements of a script only define something: nothing in them loads data, trains or plots."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import os
import types
from typing import Any

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)

# Constants may be made by calls of these, as in np.vectorize(sigmoid), namedtuple("Layer", "w b") and range(10).
_HARMLESS_MODULES = {
    "numpy", "math", "cmath", "random", "collections", "typing", "functools", "operator", "itertools",
    "logging", "enum", "string", "fractions", "decimal", "types", "dataclasses", "posixpath", "ntpath", "genericpath",
}
_HARMLESS_FUNCTIONS = {
    "abs", "bool", "complex", "dict", "enumerate", "float", "frozenset", "int", "len", "list", "map",
    "max", "min", "object", "range", "reversed", "round", "set", "slice", "sorted", "str", "sum",
    "tuple", "zip",
}
# Of these modules, only these names; "" is a method of an object.
_HARMLESS_PARTS = {
    "argparse": {"Namespace"},
    "pathlib": {
        "", "Path", "PurePath", "parent", "parents", "resolve", "absolute", "joinpath", "with_name",
        "with_suffix", "cwd", "home",
    },
}
_READS_FILES = ("load", "genfromtxt", "fromfile", "fromregex", "memmap", "open_memmap", "DataSource")


def only_defines(statement: ast.stmt, module: types.ModuleType) -> bool:
    if isinstance(statement, DEFINITIONS + IMPORTS + (ast.Pass,)):
        return True
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return statement.value is not None and _is_constant(statement.value, module)
    if isinstance(statement, ast.Try):  # try: import cupy as np; except ImportError: import numpy as np
        return _all_define([*statement.body, *statement.orelse, *statement.finalbody], module)
    if isinstance(statement, ast.If):
        return "__name__" not in _names_in(statement.test) and _is_constant(statement.test, module) and (
            _all_define([*statement.body, *statement.orelse], module)
        )
    return False


def _all_define(statements: list[ast.stmt], module: types.ModuleType) -> bool:
    return all(
        only_defines(one, module) or (isinstance(one, ast.Expr) and _is_constant(one.value, module))
        for one in statements
    )


def extension_of_path(statement: ast.stmt, module: types.ModuleType) -> ast.expr | None:
    """What `sys.path.append(os.pardir)` adds, or `sys.path.insert(0, "..")`; None for any other statement."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) not in ("sys.path.append", "sys.path.insert"):
        return None
    return call.args[-1] if call.args and _is_constant(call.args[-1], module) else None


_TRANSPARENT = (
    ast.Constant, ast.Name, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.List, ast.Tuple,
    ast.Set, ast.Dict, ast.Attribute, ast.Subscript, ast.Slice, ast.ListComp, ast.DictComp, ast.SetComp,
    ast.GeneratorExp, ast.comprehension, ast.keyword, ast.Starred, ast.operator, ast.unaryop, ast.boolop,
    ast.cmpop, ast.expr_context, ast.JoinedStr, ast.FormattedValue,
)


def _is_constant(value: ast.AST, module: types.ModuleType) -> bool:
    """Literals, names, arithmetic on them, and calls that only compute: nothing that loads anything."""
    if isinstance(value, ast.Lambda):
        return True
    if isinstance(value, ast.Call):
        if not _is_harmless(value.func, module):
            return False
    elif not isinstance(value, _TRANSPARENT):
        return False
    return all(_is_constant(child, module) for child in ast.iter_child_nodes(value))


def _is_harmless(function: ast.expr, module: types.ModuleType) -> bool:
    parts: list[str] = []  # of os.path.join: join, path
    root = function
    while isinstance(root, (ast.Attribute, ast.Call, ast.Subscript)):
        if isinstance(root, ast.Attribute):
            if root.attr.startswith(_READS_FILES):
                return False
            parts.append(root.attr)
        root = root.func if isinstance(root, ast.Call) else root.value
    if not isinstance(root, ast.Name) or root.id.startswith(_READS_FILES):
        return False
    if root.id not in module.__dict__:
        return root.id in _HARMLESS_FUNCTIONS and hasattr(builtins, root.id)
    owner = module.__dict__[root.id]
    if owner is os:
        return parts[-1:] == ["path"]
    if isinstance(owner, types.ModuleType):
        home = owner.__name__
    else:
        home = getattr(owner, "__module__", None) or type(owner).__module__
        parts.append(getattr(owner, "__name__", ""))
    top = home.split(".")[0]
    if top in _HARMLESS_PARTS:
        return _HARMLESS_PARTS[top].issuperset(parts)
    return top in _HARMLESS_MODULES or (isinstance(function, ast.Name) and _only_holds(owner))


def _only_holds(owner: Any) -> bool:
    """A record of the script, as in config = Config(rate=0.1): a named tuple, or a data class that only keeps its fields."""
    if not isinstance(owner, type):
        return False
    if issubclass(owner, tuple):
        return hasattr(owner, "_fields")
    return dataclasses.is_dataclass(owner) and not hasattr(owner, "__post_init__") and all(
        field.default_factory in (dataclasses.MISSING, list, dict, set) for field in dataclasses.fields(owner)
    )


def names_bound_in(statement: ast.stmt) -> list[str]:
    if isinstance(statement, DEFINITIONS):  # what is bound inside is its own
        return [statement.name]
    found = [one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
    for one in ast.walk(statement):
        if isinstance(one, DEFINITIONS):
            found.append(one.name)
        elif isinstance(one, IMPORTS):
            found += [alias.asname or alias.name.split(".")[0] for alias in one.names]
    return found


def is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _names_in(expression: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(expression) if isinstance(one, ast.Name)}
