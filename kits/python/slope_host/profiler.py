"""A profile of the program by samples of its stack, in the format .cpuprofile of Chromium's developer tools."""

from __future__ import annotations

import json
import linecache
import os
import signal
import time
from types import FrameType
from typing import Any

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIBRARIES = (os.path.dirname(os.__file__), os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
IS_POSSIBLE = hasattr(signal, "setitimer")


class Profiler:
    """Samples the main thread while `resume` … `pause` run, at intervals of wall-clock time.

    A sample that comes while native code runs (NumPy, say) waits until that returns. So each sample stands for the
    time since the one before, and long calls have their whole time.
    """

    def __init__(self, interval_us: int, host: Any) -> None:
        self.interval = interval_us / 1e6
        self.host = host  # the code of the function under which the program runs
        self.nodes: list[dict[str, Any]] = [_node(1, "(root)", "", 0)]
        self.ids: dict[Any, int] = {}
        self.samples: list[int] = []
        self.lasted_us: list[float] = []
        self.last = 0
        self.is_sampling = False
        self.began_us = time.perf_counter_ns() / 1e3
        signal.signal(signal.SIGALRM, self._sample)

    def resume(self) -> None:
        self.last = time.perf_counter_ns()
        signal.setitimer(signal.ITIMER_REAL, self.interval, self.interval)

    def pause(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _sample(self, _signal: int, frame: FrameType | None) -> None:
        if self.is_sampling:  # it took longer than the interval, as where it reads a file for its lines
            return
        self.is_sampling = True
        self._take(frame)
        self.is_sampling = False

    def _take(self, frame: FrameType | None) -> None:
        now = time.perf_counter_ns()
        path = []
        inner = frame
        while frame is not None and frame.f_code is not self.host:
            path.append(frame.f_code)
            frame = frame.f_back
        at = 1
        for code in reversed(path):
            at = self._child(at, code, code.co_name, code.co_filename, code.co_firstlineno)
        if inner is not None and path and _is_own(inner.f_code.co_filename):
            # Instructions that the compiler adds belong to no line.
            file, line = inner.f_code.co_filename, inner.f_lineno or inner.f_code.co_firstlineno
            source = linecache.getline(file, line).strip()
            at = self._child(at, line, source[:100] or f"line {line}", file, line)
        self.samples.append(at)
        self.lasted_us.append((now - self.last) / 1e3)
        self.last = time.perf_counter_ns()

    def _child(self, parent: int, key: Any, name: str, file: str, line: int) -> int:
        found = self.ids.get((parent, key))
        if found is None:
            found = self.ids[parent, key] = len(self.nodes) + 1
            self.nodes.append(_node(found, name, file, line))
            self.nodes[parent - 1]["children"].append(found)
        return found

    def write(self, path: str) -> None:
        # In the format, a sample lasts until the next one: the last is the root's.
        profile = {
            "nodes": self.nodes,
            "startTime": self.began_us,
            "endTime": self.began_us + sum(self.lasted_us),
            "samples": [*self.samples, 1],
            "timeDeltas": [0, *self.lasted_us],
        }
        with open(path, "w", encoding="utf-8") as file:
            json.dump(profile, file)


def _node(number: int, name: str, file: str, line: int) -> dict[str, Any]:
    frame = {"functionName": name, "scriptId": "0", "url": file, "lineNumber": line - 1, "columnNumber": 0}
    return {"id": number, "callFrame": frame, "children": []}


def _is_own(file: str) -> bool:
    """Neither the kit nor a library: there the line says what takes time."""
    return not file.startswith((HERE, LIBRARIES[0])) and not any(one in file for one in LIBRARIES[1:])
