"""Finds the line of a program that computes given numbers: it runs one call and looks at what each line leaves behind."""

from __future__ import annotations

import sys
import time
from types import FrameType
from typing import Any, Callable

import numpy as np

from .conversation import _place
from .own_code import is_own

# Longest search: in plain Python loops every line is a step of the trace.
SECONDS = 3.0
# Elements of containers that are looked at: the last ones, where programs append.
LAST = 4


class Locator:
    """Where each wanted vector, or a multiple of it, first stands in a variable or a returned value."""

    def __init__(self, wanted: list[list[float]], closeness: float) -> None:
        self.closeness = closeness
        self.places: list[dict[str, Any] | None] = [None] * len(wanted)
        self.lengths = {len(one) for one in wanted}
        vectors = [np.array(one, np.float64) for one in wanted]
        # Many a mask is a multiple of a vector of equal elements: only the number itself tells, which may stand alone.
        self.equal = [float(one[0]) if np.ptp(one) <= 1e-12 * abs(one[0]) else None for one in vectors]
        self.units = [_unit(one) if value is None else None for one, value in zip(vectors, self.equal)]
        self.shapes_left = self._shapes_left()
        self.lines: dict[FrameType, int] = {}
        self.seen: dict[int, int] = {}
        self.end = 0.0

    def run(self, call: Callable[[], Any]) -> None:
        self.end = time.monotonic() + SECONDS
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            call()
        finally:
            sys.settrace(before)

    def _enter(self, frame: FrameType, event: str, _arg: Any) -> Any:
        if not is_own(frame.f_code.co_filename):
            return None
        caller = frame.f_back
        if caller in self.lines:  # an argument that the caller's line computes
            self._look(caller, self.lines[caller], frame.f_locals.values())
        elif not self.lines:
            self._look(frame, 0, frame.f_locals.values())  # given, not computed
        self.lines[frame] = frame.f_lineno
        return self._step

    def _step(self, frame: FrameType, event: str, arg: Any) -> Any:
        if time.monotonic() > self.end or not self.shapes_left:
            sys.settrace(None)
            return None
        # A line event comes before its line, so the variables are what the line before has left.
        line = self.lines[frame]
        values = list(frame.f_locals.values())
        self._look(frame, line, values)
        if event == "return":
            self._look(frame, line, [arg])
            del self.lines[frame]
        else:
            self.lines[frame] = frame.f_lineno
        return self._step

    def _look(self, frame: FrameType, line: int, values: Any) -> None:
        for value in values:
            for array in _arrays(value):
                self._compare(frame, line, array)

    def _compare(self, frame: FrameType, line: int, array: Any) -> None:
        if array.size not in self.shapes_left:
            return
        flat = array.reshape(-1)
        mark = hash(flat.tobytes())
        if self.seen.get(id(array)) == mark:
            return
        self.seen[id(array)] = mark
        self._compare_equal(frame, line, flat)
        candidates = [flat]
        if array.ndim == 2 and 1 not in array.shape:
            candidates.append(array.T.reshape(-1))
        for candidate in candidates:
            unit = _unit(np.asarray(candidate, np.float64))
            if unit is None:
                continue
            for k, wanted in enumerate(self.units):
                if self.places[k] is not None or wanted is None or len(wanted) != len(unit):
                    continue
                if abs(abs(float(wanted @ unit)) - 1) < self.closeness:
                    self.places[k] = _place(frame.f_code.co_filename, line) if line > 0 else {}
        self.shapes_left = self._shapes_left()

    def _compare_equal(self, frame: FrameType, line: int, flat: Any) -> None:
        if flat[0] == 0 or flat.min() != flat.max():
            return
        for k, value in enumerate(self.equal):
            if self.places[k] is None and value and abs(abs(float(flat[0]) / value) - 1) < self.closeness**0.5:
                self.places[k] = _place(frame.f_code.co_filename, line) if line > 0 else {}

    def _shapes_left(self) -> set[int]:
        missing = [k for k, place in enumerate(self.places) if place is None]
        sizes = {len(self.units[k]) for k in missing if self.units[k] is not None}
        return sizes | ({1, *self.lengths} if any(self.equal[k] for k in missing) else set())


def _unit(vector: Any) -> Any:
    length = float(np.linalg.norm(vector)) if np.all(np.isfinite(vector)) else 0.0
    return vector / length if length > 0 else None


def _arrays(value: Any, depth: int = 0) -> Any:
    """The arrays in a value: itself, the last elements of a container, the attributes of an object of the program."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and value.size > 0:
            yield value
    elif isinstance(value, float):
        yield np.array([value])
    elif isinstance(value, (list, tuple)) and value and depth < 2:
        if all(isinstance(one, float) for one in value):
            yield np.array(value)
        else:
            for one in value[-LAST:] + value[:LAST]:
                yield from _arrays(one, depth + 1)
    elif isinstance(value, dict) and depth < 2:
        for one in list(value.values())[-LAST:]:
            yield from _arrays(one, depth + 1)
    elif depth < 1 and hasattr(value, "__dict__") and not callable(value) and not _is_module(value):
        yield from _arrays(value.__dict__, depth + 1)


def _is_module(value: Any) -> bool:
    return isinstance(value, type(sys))
