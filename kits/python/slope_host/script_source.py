"""The source of a script or of a notebook, of any age, as Python of today."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import sys
import tokenize
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .python_2 import NAMES, modern


class LeftOutPart(NamedTuple):
    """A cell or a statement that is not run: its first line, why, and the names that it would bind."""

    line: int
    source: str
    why: str
    names: list[str]


@dataclass
class ScriptSource:
    tree: ast.Module
    lines: list[str]
    #: What cannot be parsed.
    left_out: list[LeftOutPart]
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
        text, more, is_old = _readable(text, error)
        left_out += more
        tree = ast.parse(text, path)
        file_name = os.path.basename(path)
        if is_old:
            names = dict(NAMES)
            print(f"{file_name} is written for Python 2: it is read as such, but / of whole numbers gives fractions",
                  file=sys.stderr)
        for part in more:
            print(f"{file_name}:{part.line} {part.why}, and is left out: {part.source[:80]}", file=sys.stderr)
    return ScriptSource(tree, text.splitlines(), left_out, names)


def _decoded(content: bytes) -> str:
    try:
        with io.TextIOWrapper(io.BytesIO(content), tokenize.detect_encoding(io.BytesIO(content).readline)[0]) as file:
            return file.read()
    except (SyntaxError, UnicodeDecodeError):
        return content.decode("latin-1")


def _is_parsed(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _readable(text: str, error: SyntaxError) -> tuple[str, list[LeftOutPart], bool]:
    """The text as Python of today, what is left out of it, and whether it was written for Python 2; raises `error` where
    nothing that it defines can be read."""
    without_commands = "\n".join("" if _is_command(line) else line for line in text.splitlines())
    for one in (text, without_commands):
        if _is_parsed(one):
            return one, [], False
        if _is_parsed(modern(one)):
            return modern(one), [], True
    # A line that begins with % within a statement is indented.
    text, left_out, is_old = _statement_by_statement(re.sub(r"^[%!].*", "", text, flags=re.MULTILINE))
    is_python = len(left_out) <= _MOST_LEFT_OUT and re.search(r"^(?:async +)?(?:def|class)\b", text, re.MULTILINE)
    if not is_python:
        raise error from None
    return text, left_out, is_old


# What continues the statement before it, though it stands at the beginning of a line.
_CONTINUES = re.compile(r"[\s#)\]}]|(?:else|elif|except|finally)\b")
_MOST_LINES_JOINED = 400
# A file with more of them is in another language.
_MOST_LEFT_OUT = 20


def _statement_by_statement(text: str) -> tuple[str, list[LeftOutPart], bool]:
    """Empty lines for each statement at the top level that is not Python, of today or of Python 2."""
    lines = text.splitlines()
    starts = [
        n
        for n, line in enumerate(lines)
        if line and not _CONTINUES.match(line) and not (n > 0 and lines[n - 1].startswith("@"))
    ]
    ends = [*starts[1:], len(lines)]
    left_out: list[LeftOutPart] = []
    is_old = False
    at = 0  # index of the start of the next statement
    while at < len(starts) and len(left_out) <= _MOST_LEFT_OUT:
        begin = starts[at]
        for last in range(at, len(starts)):
            # A string over several lines may hold what looks like the start of a statement.
            block = "\n".join(lines[begin : ends[last]])
            if _is_parsed(block):
                break
            if _is_parsed(modern(block)):
                is_old = True
                lines[begin : ends[last]] = modern(block).split("\n")
                break
            if ends[last] - begin > _MOST_LINES_JOINED or not _is_unfinished(block):
                last = len(starts)
                break
        else:
            last = len(starts)
        if last == len(starts):
            last = at
            left_out.append(_left_out(lines, begin, ends[at]))
            lines[begin : ends[at]] = [""] * (ends[at] - begin)
        at = last + 1
    return "\n".join(lines), left_out, is_old


def _is_unfinished(block: str) -> bool:
    """Whether it ends within a string or a parenthesis."""
    try:
        list(tokenize.generate_tokens(io.StringIO(block).readline))
    except tokenize.TokenError:
        return True
    except SyntaxError:
        pass
    return False


def _left_out(lines: list[str], begin: int, end: int) -> LeftOutPart:
    block = "\n".join(lines[begin:end])
    try:
        ast.parse(block)
        why = "cannot be parsed"
    except SyntaxError as error:
        why = f"cannot be parsed (line {begin + (error.lineno or 1)}: {error.msg})"
    names = re.findall(r"^(?:(?:async +)?def|class) +(\w+)|^(\w+) *=[^=]", block, re.MULTILINE)
    return LeftOutPart(begin + 1, lines[begin].strip(), why, [one or other for one, other in names])


def _python_of_notebook(notebook: dict[str, Any]) -> tuple[str, list[LeftOutPart]]:
    """All cells of code, one after the other; commands of the notebook ("%matplotlib inline") are empty lines."""
    lines: list[str] = []
    left_out = []
    # Before version 4 of the format, cells lie in worksheets, and their source is called input.
    cells = notebook.get("cells")
    if cells is None:
        cells = [cell for sheet in notebook.get("worksheets", []) for cell in sheet.get("cells", [])]
    for cell in cells:
        if cell.get("cell_type") != "code":
            continue
        source = "".join(cell.get("source", cell.get("input", ""))).splitlines()
        own = ["" if _is_command(line) else line for line in source]
        text = "\n".join(own)
        if not _is_parsed(text) and not _is_parsed(modern(text)):  # "%%bash", or a cell that never ran
            left_out.append(LeftOutPart(len(lines) + 1, source[0].strip(), "is no Python", []))
            own = [""] * len(own)
        lines += own
    return "\n".join(lines), left_out


def _is_command(line: str) -> bool:
    stripped = line.strip()
    assigned = stripped.partition("=")[2].strip()
    return stripped.startswith(("%", "!", "?")) or stripped.endswith("?") or assigned.startswith(("!", "%"))
