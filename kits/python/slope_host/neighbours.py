"""Modules of a script's own project: one that cannot be run as a whole gives what it defines."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from contextlib import contextmanager
from typing import Any, Callable, Iterator

from .own_code import is_own

Fill = Callable[[types.ModuleType, str], None]


@contextmanager
def neighbours(fill: Fill) -> Iterator[None]:
    """While it lasts, an import of a file of the project that fails, for a plot or data at its top level, say, is repeated
    with `fill`, which gives the module the definitions of the file."""
    finder = _Finder(fill)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, fill: Fill) -> None:
        self.fill = fill

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname in sys.builtin_module_names:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        origin = getattr(spec, "origin", None) or ""
        if not origin.endswith(".py") or not is_own(origin):
            return None
        spec.loader = _Loader(fullname, origin)
        spec.loader.fill = self.fill
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    fill: Fill

    def exec_module(self, module: types.ModuleType) -> None:
        before = dict(module.__dict__)
        try:
            super().exec_module(module)
        except KeyboardInterrupt:
            raise
        except BaseException:  # it may also end the process
            module.__dict__.clear()
            module.__dict__.update(before)
            self.fill(module, self.path)
