"""The program's side of docs/PROTOCOL.md: one JSON value per line each way, and failures that name their place."""

from __future__ import annotations

import errno
import json
import linecache
import math
import os
import select
import sys
import tempfile
import threading
import traceback
from typing import Any

from .own_code import is_own
from .scripts import left_out_text, missing_name


class Fault(Exception):
    """What the kit finds wrong with a program. `place` is a function or a code object of the program."""

    def __init__(self, message: str, place: Any = None) -> None:
        super().__init__(message)
        self.place = getattr(place, "__code__", None)


class NoProgram(Fault):
    """A file that was loaded and has no program in it, such as one that others import."""


class Conversation:
    """Standard input and output as they were at the start. What a program prints goes to standard error instead."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._out = os.dup(1)
        os.dup2(2, 1)  # also for native code, which writes to file descriptor 1
        self._in = os.dup(0)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        self._rest = b""
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Ends this process when its parent has gone, also in the middle of an endless loop."""
        poll = select.poll()
        poll.register(self._in, 0)  # no event but the end of the other side
        poll.poll()
        os._exit(0)

    def hear(self) -> dict[str, Any]:
        while b"\n" not in self._rest:
            chunk = os.read(self._in, 1 << 16)
            if not chunk:
                os._exit(0)
            self._rest += chunk
        line, self._rest = self._rest.split(b"\n", 1)
        return json.loads(line)

    def say(self, **message: Any) -> None:
        """Fields that are None, or not finite, are left out: unknown is absent."""
        known = {
            key: value
            for key, value in message.items()
            if value is not None and not (isinstance(value, float) and not math.isfinite(value))
        }
        data = (json.dumps(known, allow_nan=False) + "\n").encode()
        while data:
            data = data[os.write(self._out, data) :]

    def fail(self, error: BaseException) -> None:
        self.say(type="failed", **failure_of(error))


def failure_of(error: BaseException) -> dict[str, Any]:
    """Message and place of an exception, in the program's own code."""
    if isinstance(error, Fault):
        code = error.place
        place = _place(code.co_filename, code.co_firstlineno) if code else {}
        none = {"offersNone": True} if isinstance(error, NoProgram) else {}
        return {"message": str(error), **place, **none}
    if isinstance(error, SyntaxError) and error.filename:
        message = f"SyntaxError: {error.msg}"
        return {"message": message, **_place(error.filename, error.lineno or 1)}
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, SystemExit):
        message = "it ended itself, by " + message.removesuffix(": None")
    if isinstance(error, OSError):
        message += _why_refused(error)
    if isinstance(error, NameError) and error.__traceback__ is not None:
        message += _why_undefined(error)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_own(frame.filename)]
    place = _place(frames[-1].filename, frames[-1].lineno or 1) if frames else {}
    # A package that the program imports, not a module that is there and lacks a name.
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    interpreter = {"interpreter": sys.executable} if missing else {}
    return {"message": message[:2000], **place, **({"missing": missing, **interpreter} if missing else {})}


def _why_refused(error: OSError) -> str:
    """What the sandbox has to do with an error of the system."""
    if "SLOPE_SANDBOX" not in os.environ:
        return ""
    is_refused = error.errno in (errno.EPERM, errno.EACCES, errno.EROFS, errno.ENETUNREACH)
    is_network = type(error).__name__ in ("gaierror", "URLError")
    # What is missing from a folder that the sandbox shows is missing outside, too.
    path = str(error.filename or "")
    is_elsewhere = error.errno == errno.ENOENT and os.path.isabs(path) and (
        not os.path.isdir(os.path.dirname(path)) or os.path.dirname(path) == tempfile.gettempdir()
    )
    if not (is_refused or is_network or is_elsewhere):
        return ""
    return (": in the sandbox it can read its own folder, write to the temporary folder and start threads, but "
            "no processes and no connections; --sandbox off trusts it")


def _why_undefined(error: NameError) -> str:
    """Where a function of a script misses a name that `slope.definitions` left out."""
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return left_out_text(trace.tb_frame.f_globals, missing_name(error))


def _place(file: str, line: int) -> dict[str, Any]:
    source = linecache.getline(file, line).strip()
    return {"file": file, "line": line, **({"source": source[:200]} if source else {})}
