"""Python 2 as Python of today: its statements, and names that are no longer there."""

from __future__ import annotations

import functools
import io
import pickle
import tokenize
from typing import Any


def modern(text: str) -> str:
    """Statements of Python 2 as Python 3 has them: print, `except E, e`, `raise E, "why"` and `<>`."""
    text = text.expandtabs(8)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return text
    lines = text.splitlines(keepends=True)
    edits: list[tuple[int, int, int, str]] = []  # line, column, length, replacement
    begins, depth = True, 0
    statement = ""  # print, except or raise, while it is being read
    is_open = False  # it needs a parenthesis at its end
    for at, token in enumerate(tokens):
        kind, what, (row, column) = token.type, token.string, token.start
        after = tokens[min(at + 1, len(tokens) - 1)]
        depth += (what in "([{") - (what in ")]}") if kind == tokenize.OP else 0
        ends = kind == tokenize.NEWLINE or (depth == 0 and (kind == tokenize.COMMENT or what == ";"))
        if ends:
            if is_open:
                edits.append((row, column, 0, ")"))
            statement, is_open = "", False
        if begins and what in ("print", "except", "raise") and after.string not in ("=", ".") and not (
            what == "print" and _is_call(tokens, at)
        ):
            statement = what
            if what == "print":
                is_open = True
                if after.string == ">>":
                    edits.append((row, column, 5, "print_to("))
                    edits.append((*after.start, 2, ""))
                else:
                    edits.append((row, column + 5, 0, "("))
        if what == "," and depth == 0 and statement == "except":
            edits.append((row, column, 1, " as"))
        if what == "," and depth == 0 and statement == "raise" and not is_open:
            edits.append((row, column, 1, "("))
            is_open = True
        if what == ":" and statement == "except":
            statement = ""
        if what == "<>" or (what == "<" and after.string == ">" and after.start == token.end):
            edits.append((row, column, 2, "!="))
        if kind not in (tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT):
            begins = kind == tokenize.NEWLINE or (depth == 0 and what in (":", ";"))
    for row, column, length, replacement in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + replacement + line[column + length :]
    return "".join(lines)


def _is_call(tokens: list[tokenize.TokenInfo], at: int) -> bool:
    """Whether all that is printed stands in parentheses, as in Python 3."""
    depth = 0
    for n in range(at + 1, len(tokens) - 1):
        depth += (tokens[n].string in "([{") - (tokens[n].string in ")]}") if tokens[n].type == tokenize.OP else 0
        if depth == 0:
            after = tokens[n + 1]
            return n > at + 1 and (after.type in (tokenize.NEWLINE, tokenize.COMMENT) or after.string == ";")
    return False


def _list_of(made_by: Any) -> Any:
    return lambda *given: list(made_by(*given))


NAMES = {
    "xrange": range,
    "izip": zip,
    "raw_input": input,
    "unicode": str,
    "long": int,
    "reduce": functools.reduce,
    "cPickle": pickle,
    "print_to": lambda file, *values: print(*values, file=file),
    **{made_by.__name__: _list_of(made_by) for made_by in (map, zip, filter, range)},
}
