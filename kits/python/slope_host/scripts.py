"""Takes from a script what a plug-in needs of it, its definitions or some of its lines, without running the rest."""

from __future__ import annotations

import __future__
import ast
import difflib
import os
import sys
import textwrap
import types
from typing import Any, Callable

from .neighbours import neighbours
from .script_source import ScriptSource, read_script
from .stand_ins import LeftOut, Missing, drop_decorators, stand_in
from .statements import DEFINITIONS, IMPORTS, extension_of_path, is_docstring, names_bound_in, only_defines

# As in `from __future__ import annotations`: types that a file names need not be there.
_LAZY_ANNOTATIONS = __future__.annotations.compiler_flag


def definitions_of(path: str) -> types.ModuleType:
    """A module of what the script at this absolute path defines; what it leaves out is in `__skipped__`."""
    script = read_script(path)
    module = _module_for(path, script)
    with neighbours(lambda other, of: _fill(other, read_script(of), of)):
        _fill(module, script, path)
    return module


def _fill(module: types.ModuleType, script: ScriptSource, path: str) -> None:
    """Runs what only defines something. A NameError in it is told with `__left_out__`; see conversation.py."""
    names = module.__dict__
    skipped = [(part.line, part.source) for part in script.left_out]
    left_out: dict[str, tuple[int, str, str]] = {
        name: (part.line, part.source, part.why) for part in script.left_out for name in part.names
    }
    names.update(script.names, __skipped__=skipped, __left_out__=left_out, __failed_stars__=[])
    for statement in script.tree.body:
        if is_docstring(statement) or _extends_path(statement, module, path):
            continue
        why = ""
        if only_defines(statement, module):
            error = _run(statement, module, path)
            if error is None:
                continue
            if isinstance(statement, DEFINITIONS):
                why = f"fails: {type(error).__name__}: {error}"
        at = statement.lineno, script.line(statement.lineno)
        skipped.append(at)
        for name in names_bound_in(statement):
            left_out.setdefault(name, (*at, why))
    skipped.sort()

    def __getattr__(name: str) -> Any:
        where = _defined_inside(script.tree, name, path) or left_out_text(names, name) or _nearest_name(names, name)
        raise AttributeError(f"{os.path.basename(path)} defines no {name}{where}")

    names["__getattr__"] = __getattr__


def _defined_inside(tree: ast.Module, name: str, path: str) -> str:
    """How to take a function that is defined inside another one, or inside a loop that is not run."""
    inner = [
        one
        for statement in tree.body
        if not isinstance(statement, ast.ClassDef)
        for one in ast.walk(statement)
        if one is not statement and isinstance(one, DEFINITIONS) and one.name == name
    ]
    if not inner:
        return ""
    at = f'"{os.path.basename(path)}", {inner[0].lineno}, {inner[0].end_lineno}'
    return f" at its top level, but inside other code; take it as slope.lines({at})().{name}"


def _nearest_name(names: dict[str, Any], name: str) -> str:
    near = difflib.get_close_matches(name, [one for one in names if not one.startswith("__")], 1)
    return f"; did you mean {near[0]}?" if near else ""


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

    module.__dict__["__lines__"] = name

    def run(**variables: Any) -> types.SimpleNamespace:
        # The functions of the script read these as globals, too.
        module.__dict__.update(variables)
        exec(code, module.__dict__)
        return types.SimpleNamespace(**module.__dict__)

    run.__name__ = name
    return run


def left_out_text(names: dict[str, Any], name: str | None) -> str:
    """Why a name is not there, and what to do: empty where the script does not bind it."""
    file = os.path.basename(names.get("__file__") or "the script")
    at = names.get("__left_out__", {}).get(name)
    if at is not None:
        line, source, why = at
        place = f": line {line} of {file}, `{source[:80]}`, "
        remedy = (
            f"give it to the function that slope.lines returned, as in step({name}=…)"
            if "__lines__" in names
            else f"set the name in your plug-in, as in theirs.{name} = …"
        )
        return place + (why or f"is not run; {remedy}")
    for line, source, error in names.get("__failed_stars__", []):
        return f": it may come from line {line} of {file}, `{source}`, which fails: {error}"
    return ""


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
        _add_to_path(one)
    full_name = ".".join([*package, name])
    while full_name in sys.modules:
        full_name += "_"
    module = types.ModuleType(full_name)
    module.__file__ = path
    module.__package__ = ".".join(package)
    sys.modules[full_name] = module  # dataclasses look it up
    return module


def _add_to_path(folder: str) -> None:
    if folder not in sys.path:
        sys.path.append(folder)


def _extends_path(statement: ast.stmt, module: types.ModuleType, path: str) -> bool:
    """Adds the folder of `sys.path.append(os.pardir)` to the path, from the folder of the script."""
    added = extension_of_path(statement, module)
    if added is None:
        return False
    try:
        value = eval(compile(ast.Expression(added), path, "eval"), module.__dict__)
        _add_to_path(os.path.normpath(os.path.join(os.path.dirname(path), os.fspath(value))))
    except Exception:  # its folder stands in something that was left out
        return False
    return True


def _run(statement: ast.stmt, module: types.ModuleType, path: str) -> BaseException | None:
    """Why it cannot be run; imports that fail leave stand-ins that tell so when they are used."""
    placed: dict[str, Any] = {}  # what stood under a name that has a stand-in meanwhile
    try:
        while True:
            code = compile(ast.Module([statement], []), path, "exec", _LAZY_ANNOTATIONS, True)
            try:
                exec(code, module.__dict__)
                return None
            except NameError as error:
                # A default, a decorator or a base class that is made from something that was left out.
                name = missing_name(error)
                if name is None or not isinstance(statement, DEFINITIONS) or name in placed:
                    return error
                if drop_decorators(statement, lambda one: one == name):
                    continue
                placed[name] = None
                module.__dict__[name] = LeftOut(name)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # a script beside it may also end the process
                if isinstance(statement, IMPORTS) and len(statement.names) > 1:
                    return _run_one_by_one(statement, module, path)
                if isinstance(statement, IMPORTS + (ast.Try,)) or (
                    isinstance(statement, ast.If) and isinstance(error, ImportError)
                ):
                    stand_in(statement, module, error)
                    return None
                if drop_decorators(statement, lambda one: isinstance(module.__dict__.get(one), Missing)):
                    continue
                # A base class or a default of a package that is missing.
                missing = _missing_in(statement, module) if isinstance(statement, DEFINITIONS) else {}
                if not missing:
                    return error
                for name, package in missing.items():
                    placed[name] = package
                    module.__dict__[name] = LeftOut(name, package._error)
    finally:
        for name, former in placed.items():
            if isinstance(module.__dict__.get(name), LeftOut):
                del module.__dict__[name]
                if former is not None:
                    module.__dict__[name] = former


def _missing_in(statement: ast.stmt, module: types.ModuleType) -> dict[str, Missing]:
    """The names in a statement that stand for what could not be imported."""
    found = {one.id: module.__dict__.get(one.id) for one in ast.walk(statement) if isinstance(one, ast.Name)}
    return {name: value for name, value in found.items() if isinstance(value, Missing)}


def _run_one_by_one(statement: Any, module: types.ModuleType, path: str) -> None:
    """`import numpy as np, matplotlib.pyplot as plt`: what is there is bound."""
    for alias in statement.names:
        one = ast.copy_location(
            ast.Import([alias])
            if isinstance(statement, ast.Import)
            else ast.ImportFrom(statement.module, [alias], statement.level),
            statement,
        )
        _run(one, module, path)
