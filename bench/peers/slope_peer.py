"""What the Python peers share: the child's side of docs/PROTOCOL.md.

A peer is a program that speaks that protocol and computes with another library. It gives `serve` a
class whose objects train one cell:

    from slope_peer import library, serve

    np = library("numpy")  # None where it is not installed, which `describe` then reports

    class Mine:
        def __init__(self, cell, pixels, labels): ...

    if __name__ == "__main__":
        serve(Mine, name="mine", summary="what is special about it", precision="float32")

The libraries take their numbers of threads from the environment (OPENBLAS_NUM_THREADS and so on), which
the parent sets before it starts this process.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import platform
import queue
import resource
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable, Protocol

from slope_stages import measure, now, stage
from slope_versions import versions

if TYPE_CHECKING:
    import numpy

PROTOCOL_VERSION = 1

HINTS = {
    "numpy": "apt-get install python3-numpy libopenblas0-pthread",
    "torch": "apt-get install python3-torch",
}

_missing: dict[str, str] = {}


def library(name: str) -> Any:
    """The module of that name; None, to be reported by `describe`, when it cannot be imported."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        hint = HINTS.get(name, f"pip install {name}")
        _missing[name] = f"{sys.executable}: {str(error).splitlines()[0]}; {hint}"
        return None


np = library("numpy")


class Kernel(Protocol):
    """One cell, opened by Peer(cell, pixels, labels).

    `cell` is the cell of the request as it came, a dict with the names of the protocol ("layerSizes",
    "hiddenActivation", "batchSize", …); `pixels` is (m, features) uint8 and `labels` (m) uint8, the subset.
    Canonical order: for each layer, weights row-major [out][in], then biases [out]. An attribute
    `threads_used`, if there is one, is reported.
    """

    def load(self, parameters: numpy.ndarray) -> None:
        """Takes over parameters: float64, canonical order."""

    def dump(self) -> numpy.ndarray:
        """A copy of the parameters: float64, canonical order. `load` of it changes nothing."""

    def loss_and_gradient(self, rows: numpy.ndarray) -> tuple[float, numpy.ndarray]:
        """Mean loss over these rows (uint32) and its gradient: float64, canonical order."""

    def epoch(self, order: numpy.ndarray, batch_size: int, rate: float) -> float:
        """Gradient descent over the minibatches of `order` (uint32), the last one ragged. Mean loss over
        its examples, each before its update."""

    def accuracy(self, pixels: numpy.ndarray, labels: numpy.ndarray) -> float:
        """Share of the examples whose greatest output is at their label; see share_correct."""


def layer_views(flat: numpy.ndarray, sizes: list[int]) -> list[tuple[numpy.ndarray, numpy.ndarray]]:
    """The weights (out, in) and the biases (out) of each layer, as views of a canonical array."""
    layers, at = [], 0
    for inputs, outputs in zip(sizes, sizes[1:]):
        end = at + outputs * inputs
        layers.append((flat[at:end].reshape(outputs, inputs), flat[end : end + outputs]))
        at = end + outputs
    return layers


def parameter_count(sizes: list[int]) -> int:
    return sum(outputs * (inputs + 1) for inputs, outputs in zip(sizes, sizes[1:]))


def share_correct(outputs: numpy.ndarray, labels: numpy.ndarray) -> float:
    """Share of the rows of `outputs` (n, classes) whose first greatest element is at the label. A row with
    something that is not a number counts as wrong."""
    right = (outputs.argmax(axis=1) == labels) & ~np.isnan(outputs).any(axis=1)
    return float(right.mean())


def serve(open_kernel: Callable[..., Kernel], *, name: str, summary: str, precision: str) -> None:
    """Answers one request. The parent ends this process when it has read the last message."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides what it means
    parent = Parent()
    parent.say(
        type="hello",
        protocol=PROTOCOL_VERSION,
        runtime="python",
        version=platform.python_version(),
    )
    try:
        request = parent.hear()
        if request["type"] == "describe":
            described = {"name": name, "summary": summary, "precision": precision, "needs": []}
            described["availability"] = _availability()
            parent.say(type="implementations", implementations=[described])
        else:
            _run(open_kernel, request, parent)
    except BaseException as error:
        stage = getattr(error, "stage", "start")
        message = f"{type(error).__name__}: {error}".replace("\n", " ")[:2000]
        parent.say(type="failed", stage=stage, message=message)
    threading.Event().wait()  # until the reading thread of Parent ends the process


class Parent:
    """The other end of standard input and output, one JSON value per line each way."""

    def __init__(self) -> None:
        self._out = sys.stdout
        sys.stdout = sys.stderr  # what a library prints must not be taken for the protocol
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        """In a thread of its own, asleep in a system call, so that the parent's end is noticed at any time."""
        for line in sys.stdin.buffer:
            self._lines.put(line)
        os._exit(0)

    def hear(self) -> dict[str, Any]:
        return json.loads(self._lines.get())

    def say(self, **message: Any) -> None:
        """Fields that are None, or not finite, are left out: unknown is absent."""
        known = {
            key: value
            for key, value in message.items()
            if value is not None and not (isinstance(value, float) and not math.isfinite(value))
        }
        self._out.write(json.dumps(known, allow_nan=False) + "\n")
        self._out.flush()


def _availability() -> dict[str, Any]:
    if _missing:
        return {"available": False, "reason": "; ".join(_missing.values())}
    return {"available": True, "version": versions()}


def _run(open_kernel: Callable[..., Kernel], request: dict[str, Any], parent: Parent) -> None:
    """One cell from its data to its last sample, in the order of docs/PROTOCOL.md."""
    cell, data = request["cell"], request["data"]
    load_start = now()
    with stage("load"):
        if _missing:
            raise RuntimeError("; ".join(_missing.values()))
        pixels, labels = _read_set(data, "train", cell["examples"])
        test = _read_set(data, "test", data["testExamples"])
        initial = np.fromfile(request["peer"]["initial"], "<f8")
        orders = np.fromfile(request["peer"]["orders"], "<u4")
        orders = orders.astype(np.uint32, copy=False).reshape(-1, cell["examples"])
    loaded_bytes = _resident_bytes()
    open_start = now()
    with stage("open"):
        kernel = open_kernel(cell, pixels, labels)
    parent.say(
        type="opened",
        loadNs=open_start - load_start,
        openNs=now() - open_start,
        threadsUsed=getattr(kernel, "threads_used", None),
    )
    opened_bytes = _resident_bytes()
    with stage("verify"):
        go_on = _answer_gradients(kernel, parent)
    if go_on:
        measure(kernel, request, initial, orders, test, parent)
    parent.say(
        type="done",
        memory={
            "loadedRssBytes": loaded_bytes,
            "openedRssBytes": opened_bytes,
            "dataBytes": sum(array.nbytes for array in (pixels, labels, *test)),
        },
    )


def _read_set(data: dict[str, Any], name: str, count: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    pixels = np.fromfile(data[f"{name}Pixels"], np.uint8, count * data["features"])
    labels = np.fromfile(data[f"{name}Labels"], np.uint8, count)
    return pixels.reshape(count, data["features"]), labels


def _answer_gradients(kernel: Kernel, parent: Parent) -> bool:
    """The parent asks for gradients and compares them with its own. True when it says to go on."""
    parent.say(type="ready")
    while True:
        line = parent.hear()
        if line["type"] != "gradient":
            return line["type"] == "continue"
        kernel.load(np.fromfile(line["parameters"], "<f8"))
        loss, gradient = kernel.loss_and_gradient(np.array(line["batch"], np.uint32))
        np.asarray(gradient, "<f8").tofile(line["gradient"])
        parent.say(type="gradient", loss=float(loss))


def _resident_bytes() -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return None
