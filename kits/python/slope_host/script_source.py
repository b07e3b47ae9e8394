"""The source of a script or of a notebook, of any age, as Python of today."""

from __future__ import annotations

import ast
import functools
import io
import json
import os
import pickle
import sys
import tokenize
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ScriptSource:
    tree: ast.Module
    lines: list[str]
    #: Cells of a notebook that are no Python: line and text.
    left_out: list[tuple[int, str]]
    #: Names that its version of Python has, and this one has not.
    names: dict[str, Any] = field(default_factory=dict)

    def line(self, number: int) -> str:
        return self.lines[number - 1].strip()


def read_script(path: str) -> ScriptSource:
    with open(path, "rb") as file:
        content = file.read()
    if path.endswith(".ipynb"):
        text, left_out = _python_of_notebook(json.loads(content))
    else:
        text, left_out = _decoded(content), []
    names: dict[str, Any] = {}
    try:
        tree = ast.parse(text, path)
    except SyntaxError as error:
        modern = _modern(text)
        try:
            tree = ast.parse(modern, path)
        except (SyntaxError, ValueError):
            raise error from None
        text, names = modern, dict(_PYTHON_2)
        print(f"{os.path.basename(path)} is written for Python 2: it is read as such, but / of whole numbers "
              "gives fractions", file=sys.stderr)
    return ScriptSource(tree, text.splitlines(), left_out, names)


def _decoded(content: bytes) -> str:
    try:
        with io.TextIOWrapper(io.BytesIO(content), tokenize.detect_encoding(io.BytesIO(content).readline)[0]) as file:
            return file.read()
    except (SyntaxError, UnicodeDecodeError):
        return content.decode("latin-1")


def _python_of_notebook(notebook: dict[str, Any]) -> tuple[str, list[tuple[int, str]]]:
    """All cells of code, one after the other; commands of the notebook ("%matplotlib inline") are empty lines."""
    lines: list[str] = []
    left_out = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"]).splitlines()
        own = ["" if _is_command(line) else line for line in source]
        try:
            ast.parse("\n".join(own))
        except SyntaxError:
            try:
                ast.parse(_modern("\n".join(own)))
            except (SyntaxError, ValueError):  # "%%bash", or a cell that never ran
                left_out.append((len(lines) + 1, source[0].strip()))
                own = [""] * len(own)
        lines += own
    return "\n".join(lines), left_out


def _is_command(line: str) -> bool:
    stripped = line.strip()
    assigned = stripped.partition("=")[2].strip()
    return stripped.startswith(("%", "!", "?")) or stripped.endswith("?") or assigned.startswith(("!", "%"))


def _modern(text: str) -> str:
    """Statements of Python 2 as Python 3 has them: print, and `except E, e`."""
    text = text.expandtabs(8)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return text
    lines = text.splitlines(keepends=True)
    edits: list[tuple[int, int, int, str]] = []  # line, column, length, replacement
    begins, depth, printed, excepted = True, 0, False, False
    for token, after in zip(tokens, tokens[1:] + tokens[-1:]):
        kind, what, (row, column) = token.type, token.string, token.start
        depth += (what in "([{") - (what in ")]}") if kind == tokenize.OP else 0
        ends = kind in (tokenize.NEWLINE, tokenize.COMMENT) or (what == ";" and depth == 0)
        if printed and ends:
            edits.append((row, column, 0, ")"))
            printed = False
        if begins and what == "print" and after.string != "=":
            edits.append((row, column + 5, 0, "("))
            printed = True
        if begins and what == "except":
            excepted = True
        if excepted and what == "," and depth == 0:
            edits.append((row, column, 1, " as"))
        excepted = excepted and what != ":"
        if kind not in (tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT):
            begins = kind == tokenize.NEWLINE or (depth == 0 and what in (":", ";"))
    for row, column, length, replacement in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + replacement + line[column + length :]
    return "".join(lines)


def _list_of(made_by: Any) -> Any:
    return lambda *given: list(made_by(*given))


_PYTHON_2 = {
    "xrange": range,
    "izip": zip,
    "raw_input": input,
    "unicode": str,
    "long": int,
    "reduce": functools.reduce,
    "cPickle": pickle,
    **{made_by.__name__: _list_of(made_by) for made_by in (map, zip, filter, range)},
}
