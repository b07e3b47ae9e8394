"""Answers Slope's requests about one Python plug-in until standard input ends."""

from __future__ import annotations

import faulthandler
import gc
import inspect
import os
import signal
import sys
import time
import warnings
from typing import Any

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from slope_host.conversation import Conversation, Fault  # noqa: E402
from slope import phases  # noqa: E402
from slope_host import profiler  # noqa: E402
from slope_host.declarations import check_network, network_of, read_declarations  # noqa: E402
from slope_host.module_programs import import_plugin, is_update, program_name, programs_in  # noqa: E402
from slope_host.versions import versions  # noqa: E402


class Host:
    """One plug-in file and, once it is opened, one of its programs."""

    def __init__(self) -> None:
        self.path = ""
        self.module: Any = None
        self.declared: dict[str, Any] = {}
        self.programs: dict[str, Any] = {}
        self.files: dict[str, str] = {}
        self.program: Any = None
        self.order: Any = None
        self.batch_size = 0
        self.batches: list[Any] = []
        self.profiler: Any = None
        self.mark_ns: float | None = None

    def describe(self, plugin: str, **_: Any) -> dict[str, Any]:
        import numpy  # noqa: F401

        self.path = plugin
        name = program_name(plugin)
        self.module = import_plugin(plugin, name)
        self.declared = read_declarations(self.module, os.path.basename(plugin))
        self.programs = programs_in(self.module, name)
        return {
            "type": "described",
            "version": versions(),
            "programs": [self._described(name, made_by) for name, made_by in self.programs.items()],
        }

    def _described(self, name: str, made_by: Any) -> dict[str, Any]:
        def told(key: str, otherwise: Any) -> Any:
            own = getattr(made_by, key, None) if inspect.isclass(made_by) else None
            return own if own is not None else self.declared.get(key, otherwise)

        summary = (getattr(made_by, "summary", None) or inspect.getdoc(made_by) or "").strip()
        network = network_of(self.declared)
        said = {
            "name": name,
            "summary": summary.split("\n")[0][:200] or f"Python, {os.path.basename(self.path)}",
            "precision": told("precision", "float64"),
            "needs": ["threads"] if told("threads", False) is True else [],
            "skipsZeroPixels": told("skips_zero_pixels", None),
            "withOneThread": told("with_one_thread", None),
            "steps": True,
            "marksPhases": True,
            "locates": True,
            "takesProfiles": True if profiler.IS_POSSIBLE else None,
            "network": network or None,
        }
        return {key: value for key, value in said.items() if value is not None}

    def open(self, **asked: Any) -> dict[str, Any]:
        import numpy as np

        from slope_host.arrays import Problem
        from slope_host.detect import open_lists
        from slope_host.programs import ClassForm

        network, data = asked["network"], asked["data"]
        self.files = asked["files"]
        check_network(self.declared, network)
        shape = data["examples"], data["features"]
        pixels = np.memmap(data["pixels"], np.uint8, "r", shape=shape)
        labels = np.memmap(data["labels"], np.uint8, "r", shape=shape[:1])
        loaded = _resident_bytes()
        problem = Problem(
            sizes=network["layerSizes"],
            activation=network["hiddenActivation"],
            loss=network["outputLoss"],
            pixels=pixels.view(np.ndarray),
            labels=labels.view(np.ndarray),
            batch_size=asked["batchSize"],
            threads=asked["threads"],
        )
        made_by = self.programs[asked["program"]]
        assumed: list[dict[str, str]] = []
        if inspect.isclass(made_by):
            self.program = ClassForm(made_by, problem)
        else:
            updates = is_update(made_by, self.declared)
            self.program, assumed = open_lists(made_by, updates, problem, self.declared)
        inner = getattr(self.program, "program", None)
        return {
            "type": "opened",
            "assumed": assumed,
            "returnsLoss": self.program.returns_loss,
            "derives": _derives(self.program),
            "withoutBiases": getattr(self.program, "has_biases", True) is False or None,
            "threadsUsed": getattr(inner, "threads_used", None),
            "loadedRssBytes": loaded,
            "openedRssBytes": _resident_bytes(),
        }

    def load(self, **_: Any) -> dict[str, Any]:
        import numpy as np

        self.program.load(np.fromfile(self.files["parameters"], "<f8"))
        return {"type": "loaded"}

    def save(self, **_: Any) -> dict[str, Any]:
        self.program.dump().astype("<f8").tofile(self.files["parameters"])
        self.program.kept_gradient().astype("<f8").tofile(self.files["gradient"])
        return {"type": "saved"}

    def gradient(self, batch: list[int], **_: Any) -> dict[str, Any]:
        import numpy as np

        with warnings.catch_warnings():
            # It is asked at extreme parameters, too; in `steps`, where it trains, NumPy's warnings are shown.
            warnings.simplefilter("ignore", RuntimeWarning)
            loss = self.program.gradient(np.array(batch, np.intp))
        return {"type": "gradient", "loss": None if loss is None else float(loss)}

    def arrange(self, batchSize: int, **_: Any) -> dict[str, Any]:
        import numpy as np

        self.order = np.fromfile(self.files["order"], "<u4").astype(np.intp)
        self.batch_size = batchSize
        starts = range(0, len(self.order), batchSize)
        self.batches = [self.order[at : at + batchSize] for at in starts]
        if self.mark_ns is not None:
            self.mark_ns = _mark_ns()  # here it is off the clock
        return {"type": "arranged"}

    def steps(self, first: int, end: int, rate: float, times: int, **asked: Any) -> dict[str, Any]:
        batches = self.batches[first:end]
        order = self.order[first * self.batch_size : end * self.batch_size]
        measured: dict[str, Any] = {}
        if self.profiler:
            self.profiler.resume()
        if asked.get("phases"):
            self.mark_ns = self.mark_ns or _mark_ns()
            measured = {"markNs": self.mark_ns}
            phases.start()
        try:
            for _time in range(times):
                total = self.program.steps(batches, order, rate)
        finally:
            if asked.get("phases"):
                measured["phases"] = phases.stop()
            if self.profiler:
                self.profiler.pause()
        return {
            "type": "stepped",
            "loss": None if total is None else float(total) / len(order),
            **measured,
        }

    def locate(self, batch: list[int], wanted: list[list[float]], **_: Any) -> dict[str, Any]:
        import numpy as np

        from slope_host.locator import Locator

        exact = 1e-10 if self.declared.get("precision", "float64") == "float64" else 1e-6
        locator = Locator(wanted, exact)
        locator.run(lambda: self.program.gradient(np.array(batch, np.intp)))
        return {"type": "located", "places": [place or {} for place in locator.places]}

    def startProfile(self, intervalUs: int, **_: Any) -> dict[str, Any]:
        self.profiler = profiler.Profiler(intervalUs, Host.steps.__code__)
        return {"type": "profiling"}

    def stopProfile(self, file: str, **_: Any) -> dict[str, Any]:
        self.profiler.write(file)
        self.profiler = None
        return {"type": "profiled"}

    def usage(self, **_: Any) -> dict[str, Any]:
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        unit = 1 if sys.platform == "darwin" else 1024
        return {
            "type": "usage",
            "cpuNs": time.process_time_ns(),
            "involuntarySwitches": used.ru_nivcsw,
            "voluntarySwitches": used.ru_nvcsw,
            "collections": sum(generation["collections"] for generation in gc.get_stats()),
            "peakRssBytes": used.ru_maxrss * unit,
        }


REQUESTS = (
    "describe",
    "open",
    "load",
    "save",
    "gradient",
    "arrange",
    "steps",
    "locate",
    "startProfile",
    "stopProfile",
    "usage",
)


def _mark_ns() -> float:
    """ns of one mark: the mean over many with nothing in between."""
    phases.start()
    for _ in range(1000):
        phases.mark("unmarked")
    return phases.stop()["unmarked"]["ns"] / 1000


def _derives(program: Any) -> str | None:
    """Where its gradient is a difference of parameters: in steps, or always."""
    from slope_host.programs import UpdateForm

    if isinstance(program, UpdateForm):
        return "always"
    return "steps" if program.derives else None


def _resident_bytes() -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides what it means
    faulthandler.enable(all_threads=False)  # names the line at which native code crashed
    conversation = Conversation()
    host = Host()
    while True:
        request = conversation.hear()
        try:
            if request["type"] not in REQUESTS:
                raise Fault(f'the kit does not know the request "{request["type"]}"')
            reply = getattr(host, request["type"])(**request)
        except BaseException as error:
            conversation.fail(error)
        else:
            conversation.say(**reply)


# The processes that a program spawns by multiprocessing run this file under another name.
if __name__ == "__main__":
    main()
