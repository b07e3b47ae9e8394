"""Takes from a script what a plug-in needs of it, its definitions or some of its lines, without running the rest."""

from __future__ import annotations

import __future__
import ast
import builtins
import os
import sys
import textwrap
import types
from typing import Any, Callable

from .script_source import ScriptSource, read_script

# As in `from __future__ import annotations`: types that a file names need not be there.
_LAZY_ANNOTATIONS = __future__.annotations.compiler_flag
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)

# Constants may be made by calls of these, as in np.vectorize(sigmoid), namedtuple("Layer", "w b") and range(10).
_HARMLESS_MODULES = {
    "numpy", "math", "cmath", "random", "collections", "typing", "functools", "operator", "itertools",
    "logging", "enum", "string", "fractions", "decimal",
}
_HARMLESS_FUNCTIONS = {
    "abs", "bool", "complex", "dict", "enumerate", "float", "frozenset", "int", "len", "list", "map",
    "max", "min", "object", "range", "reversed", "round", "set", "slice", "sorted", "str", "sum",
    "tuple", "zip",
}
_READS_FILES = ("load", "genfromtxt", "fromfile", "fromregex", "memmap", "open_memmap", "DataSource")


def definitions_of(path: str) -> types.ModuleType:
    """A module of what the script at this absolute path defines; what it leaves out is in `__skipped__`."""
    script = read_script(path)
    module = _module_for(path, script)
    skipped: list[tuple[int, str]] = list(script.left_out)
    left_out: dict[str, tuple[int, str]] = {}

    def skip(statement: ast.stmt) -> None:
        at = statement.lineno, script.line(statement.lineno)
        skipped.append(at)
        for name in _names_bound_in(statement):
            left_out.setdefault(name, at)

    for statement in script.tree.body:
        if _is_docstring(statement):
            continue
        if not (_defines(statement, module) and _run(statement, module, path)):
            skip(statement)
    module.__dict__["__skipped__"] = sorted(skipped)
    # What a NameError in a function of the script is told with; see conversation.py.
    module.__dict__["__left_out__"] = left_out

    def __getattr__(name: str) -> Any:
        raise AttributeError(f"{os.path.basename(path)} defines no {name}{left_out_text(module.__dict__, name)}")

    module.__dict__["__getattr__"] = __getattr__
    return module


def lines_of(path: str, first: int, last: int) -> Callable[..., types.SimpleNamespace]:
    """Lines `first` to `last` of a script as a function of the variables that it is given by name."""
    script = read_script(path)
    block = textwrap.dedent("\n".join(script.lines[first - 1 : last]))
    name = f"lines {first} to {last} of {os.path.basename(path)}"
    try:
        body = ast.parse("\n" * (first - 1) + block, path).body
    except SyntaxError as error:
        raise SyntaxError(f"{name} are no whole statements: {error.msg}", (path, error.lineno, 1, "")) from None
    if not body:
        raise ValueError(f"{name} hold no statement, and the file has {len(script.lines)} lines")
    # `continue` and `break` of the loop that the lines were taken from end the step.
    once = ast.parse("for _ in (0,): pass").body[0]
    once.body = body  # type: ignore[attr-defined]
    code = compile(ast.fix_missing_locations(ast.Module([once], [])), path, "exec", _LAZY_ANNOTATIONS)
    module = definitions_of(path)

    def run(**variables: Any) -> types.SimpleNamespace:
        # The functions of the script read these as globals, too.
        module.__dict__.update(variables)
        exec(code, module.__dict__)
        return types.SimpleNamespace(**module.__dict__)

    run.__name__ = name
    return run


def left_out_text(names: dict[str, Any], name: str | None) -> str:
    """Why a name is not there, and what to do: empty where the script does not bind it."""
    at = names.get("__left_out__", {}).get(name)
    if at is None:
        return ""
    file = os.path.basename(names.get("__file__", "the script"))
    return f": line {at[0]} of {file}, `{at[1][:80]}`, is not run; set the name in your plug-in, as in theirs.{name} = …"


def missing_name(error: NameError) -> str | None:
    """Before Python 3.10 only its message has the name."""
    quoted = str(error).split("'")
    return getattr(error, "name", None) or (quoted[1] if len(quoted) > 2 else None)


def _module_for(path: str, script: ScriptSource) -> types.ModuleType:
    """An empty module, with the folder on the path, and the package that relative imports start from."""
    name, folder = os.path.splitext(os.path.basename(path))[0], os.path.dirname(path)
    levels = [one.level for one in ast.walk(script.tree) if isinstance(one, ast.ImportFrom)]
    package: list[str] = []
    root = folder
    for _ in range(max(levels, default=0)):
        root, own = os.path.split(root)
        package.insert(0, own)
    for one in {folder: None, root: None}:
        if one not in sys.path:
            sys.path.append(one)
    full_name = ".".join([*package, name])
    while full_name in sys.modules:
        full_name += "_"
    module = types.ModuleType(full_name)
    module.__file__ = path
    module.__package__ = ".".join(package)
    sys.modules[full_name] = module  # dataclasses look it up
    module.__dict__.update(script.names)
    return module


def _run(statement: ast.stmt, module: types.ModuleType, path: str) -> bool:
    """Whether it could be run; imports that fail leave stand-ins that tell so when they are used."""
    placed: list[str] = []
    try:
        while True:
            code = compile(ast.Module([statement], []), path, "exec", _LAZY_ANNOTATIONS, True)
            try:
                exec(code, module.__dict__)
                return True
            except NameError as error:
                # A default or a base class that is made from something that was left out.
                name = missing_name(error)
                if name is None or not isinstance(statement, _DEFINITIONS) or name in placed:
                    return False
                placed.append(name)
                module.__dict__[name] = _LeftOut(name)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # a script beside it may also end the process
                if isinstance(statement, _IMPORTS + (ast.Try,)):
                    _stand_in(statement, module, error)
                    return True
                if not _drop_missing_decorators(statement, module):
                    return False
    finally:
        for name in placed:
            module.__dict__.pop(name, None)


def _defines(statement: ast.stmt, module: types.ModuleType) -> bool:
    if isinstance(statement, _DEFINITIONS + _IMPORTS):
        return True
    if isinstance(statement, ast.Try):  # try: import cupy as np; except ImportError: import numpy as np
        return all(isinstance(inner, _IMPORTS) for inner in statement.body)
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return statement.value is not None and _is_constant(statement.value, module)
    return False


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
    elif not isinstance(value, _TRANSPARENT) and type(value).__name__ != "Index":  # Index: Python 3.8
        return False
    return all(_is_constant(child, module) for child in ast.iter_child_nodes(value))


def _is_harmless(function: ast.expr, module: types.ModuleType) -> bool:
    root = function
    while isinstance(root, (ast.Attribute, ast.Call, ast.Subscript)):
        if isinstance(root, ast.Attribute) and root.attr.startswith(_READS_FILES):
            return False
        root = root.func if isinstance(root, ast.Call) else root.value
    if not isinstance(root, ast.Name) or root.id.startswith(_READS_FILES):
        return False
    if root.id in module.__dict__:
        owner = module.__dict__[root.id]
        if isinstance(owner, types.ModuleType):
            home = owner.__name__
        else:
            home = getattr(owner, "__module__", None) or type(owner).__module__
        return home.split(".")[0] in _HARMLESS_MODULES
    return root.id in _HARMLESS_FUNCTIONS and hasattr(builtins, root.id)


def _names_bound_in(statement: ast.stmt) -> list[str]:
    found = [
        one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    ]
    return found + [one.name for one in ast.walk(statement) if isinstance(one, _DEFINITIONS)]


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


class _Missing:
    """Stands for a module or a name that could not be imported; says so when it is used."""

    def __init__(self, error: BaseException) -> None:
        self.__dict__["_error"] = error

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._error

    def __call__(self, *_args: Any, **_named: Any) -> Any:
        raise self._error


class _LeftOut:
    """Stands for a value that was left out while a definition is made that names it, as in `def f(rate=args.rate)`."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _LeftOut(f"{self._name}.{name}")

    def __getitem__(self, _key: Any) -> Any:
        return _LeftOut(f"{self._name}[…]")

    def __call__(self, *_args: Any, **_named: Any) -> Any:
        return _LeftOut(f"{self._name}(…)")


def _is_used(self: _LeftOut, *_others: Any) -> Any:
    raise NameError(f"the default {self._name} is not known, because the script was not run: pass a value")


for _operator in ("add", "sub", "mul", "truediv", "matmul", "pow", "mod", "floordiv"):
    for _side in ("", "r"):
        setattr(_LeftOut, f"__{_side}{_operator}__", _is_used)
for _operator in ("lt", "le", "gt", "ge", "neg", "float", "int", "index", "bool", "iter", "len", "array"):
    setattr(_LeftOut, f"__{_operator}__", _is_used)


def _stand_in(statement: ast.stmt, module: types.ModuleType, error: BaseException) -> None:
    if isinstance(error, SystemExit):
        error = ImportError(f"{ast.unparse(statement)} ended the process: SystemExit {error.code}")
    for inner in ast.walk(statement):
        if isinstance(inner, _IMPORTS):
            for alias in inner.names:
                bound = alias.asname or alias.name.split(".")[0]
                module.__dict__.setdefault(bound, _Missing(error))


def _drop_missing_decorators(statement: ast.stmt, module: types.ModuleType) -> bool:
    """Takes off what only makes a function faster, as @njit, where its package is missing. False: there is none."""
    is_dropped = False
    for one in ast.walk(statement):
        if not isinstance(one, _DEFINITIONS):
            continue
        kept = [
            decorator
            for decorator in one.decorator_list
            if not any(
                isinstance(name, ast.Name) and isinstance(module.__dict__.get(name.id), _Missing)
                for name in ast.walk(decorator)
            )
        ]
        is_dropped = is_dropped or len(kept) < len(one.decorator_list)
        one.decorator_list = kept
    return is_dropped
