"""What stands for names that a script cannot have here: packages that are missing, values that were not computed."""

from __future__ import annotations

import ast
import types
from typing import Any, Callable

from .statements import DEFINITIONS, IMPORTS


class Missing:
    """Stands for a module or a name that could not be imported; says so when it is used."""

    def __init__(self, error: BaseException) -> None:
        self.__dict__["_error"] = error

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._error

    def __call__(self, *_args: Any, **_named: Any) -> Any:
        raise self._error

    def __mro_entries__(self, _bases: Any) -> Any:
        raise self._error


class LeftOut:
    """Stands for a value that was left out while a definition is made that names it, as in `def f(rate=args.rate)`; with an
    error, for a package that is missing, as in `class Net(torch.nn.Module)`."""

    def __init__(self, name: str, error: BaseException | None = None) -> None:
        self.__dict__.update(_name=name, _error=error)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return LeftOut(f"{self._name}.{name}", self._error)

    def __getitem__(self, _key: Any) -> Any:
        return LeftOut(f"{self._name}[…]", self._error)

    def __call__(self, *_args: Any, **_named: Any) -> Any:
        return LeftOut(f"{self._name}(…)", self._error)

    def __mro_entries__(self, _bases: Any) -> Any:
        if self._error is None:
            raise NameError(f"name '{self._name}' is not defined")
        return (_base_that_is_missing(self._name, self._error),)


def _base_that_is_missing(name: str, error: BaseException) -> type:
    """A class without methods: what a script defines below it works, and what it would inherit tells why it cannot."""

    class Base:
        def __init__(self, *_args: Any, **_named: Any) -> None:
            pass

        def __getattr__(self, own: str) -> Any:
            raise AttributeError(f"{own} would be of {name}, which is not there: {error}")

    return Base


def _is_used(self: LeftOut, *_others: Any) -> Any:
    raise self._error or NameError(
        f"the default {self._name} is not known, because the script was not run: pass a value"
    )


for _operator in ("add", "sub", "mul", "truediv", "matmul", "pow", "mod", "floordiv"):
    for _side in ("", "r"):
        setattr(LeftOut, f"__{_side}{_operator}__", _is_used)
for _operator in ("lt", "le", "gt", "ge", "neg", "float", "int", "index", "bool", "iter", "len", "array"):
    setattr(LeftOut, f"__{_operator}__", _is_used)

# What `from pylab import *` brings, besides functions that plot.
_OF_PYLAB = "from numpy import *\nfrom numpy.linalg import *\nfrom numpy.random import *\nimport numpy as np"


def stand_in(statement: ast.stmt, module: types.ModuleType, error: BaseException) -> None:
    """Binds the names of an import that fails, so that only their use fails."""
    if isinstance(error, SystemExit):
        error = ImportError(f"{ast.unparse(statement)} ended the process: SystemExit {error.code}")
    for inner in ast.walk(statement):
        if not isinstance(inner, IMPORTS):
            continue
        for alias in inner.names:
            if alias.name == "*":
                module.__dict__["__failed_stars__"].append((inner.lineno, ast.unparse(inner), error))
                if inner.module in ("pylab", "matplotlib.pylab"):
                    exec(_OF_PYLAB, module.__dict__)
            else:
                module.__dict__.setdefault(alias.asname or alias.name.split(".")[0], Missing(error))


def drop_decorators(statement: ast.stmt, is_missing: Callable[[str], bool]) -> bool:
    """Takes off what only makes a function faster, as @njit, where its package is missing. False: there is none."""
    is_dropped = False
    for one in ast.walk(statement):
        if not isinstance(one, DEFINITIONS):
            continue
        kept = [
            decorator
            for decorator in one.decorator_list
            if not any(isinstance(name, ast.Name) and is_missing(name.id) for name in ast.walk(decorator))
        ]
        is_dropped = is_dropped or len(kept) < len(one.decorator_list)
        one.decorator_list = kept
    return is_dropped
