"""The measuring stages of a peer: pace, training and sampling, as docs/PROTOCOL.md has them."""

from __future__ import annotations

import gc
import itertools
import math
import resource
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Iterator

if TYPE_CHECKING:
    import numpy
    from slope_peer import Kernel, Parent

now = time.perf_counter_ns


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Marks what is raised within with the stage of the trial."""
    try:
        yield
    except BaseException as error:
        error.stage = name  # type: ignore[attr-defined]
        raise


def measure(
    kernel: Kernel,
    request: dict[str, Any],
    initial: numpy.ndarray,
    orders: numpy.ndarray,
    test: tuple[numpy.ndarray, numpy.ndarray],
    parent: Parent,
) -> None:
    """Pace, training and sampling, each if it is asked for."""
    batch_size, rate = request["cell"]["batchSize"], request["cell"]["rate"]
    kernel.load(initial)
    if pace := request.get("pace"):
        with stage("pace"):
            ns = _pace(kernel, orders[0], batch_size, rate, pace["forNs"])
            kernel.load(initial)
        parent.say(type="pace", nsPerExample=ns)

    epochs, last_ns = 0, None
    if training := request.get("training"):
        epochs = training["epochs"]
        for epoch in range(1, epochs + 1):
            with stage("train"):
                order = orders[(epoch - 1) % len(orders)]
                start = now()
                loss = kernel.epoch(order, batch_size, rate)
                last_ns = now() - start
                evaluate_start = now()
                accuracy = kernel.accuracy(*test)
            parent.say(
                type="epoch",
                epoch=epoch,
                loss=float(loss),
                testAccuracy=float(accuracy),
                trainNs=last_ns,
                evaluateNs=now() - evaluate_start,
            )
    if sampling := request.get("sampling"):
        with stage("sample"):
            later = itertools.islice(itertools.cycle(orders), epochs % len(orders), None)
            samples = _sample(kernel, later, batch_size, rate, sampling, last_ns)
        parent.say(type="samples", **samples)


def _pace(
    kernel: Kernel, order: numpy.ndarray, batch_size: int, rate: float, for_ns: float
) -> float:
    """Nanoseconds per example, from the last third of about `for_ns` of single steps."""
    marks: list[tuple[int, int]] = []
    done, start = 0, now()
    for at in itertools.cycle(range(0, len(order), batch_size)):
        batch = order[at : at + batch_size]
        kernel.epoch(batch, batch_size, rate)
        done += len(batch)
        marks.append((now(), done))
        if len(marks) >= 2 and now() - start >= for_ns:
            break
    end, all_done = marks[-1]
    late_at = start + (end - start) * 2 / 3
    late, late_done = next((mark for mark in reversed(marks) if mark[0] <= late_at), marks[0])
    return (end - late) / (all_done - late_done)


def _sample(
    kernel: Kernel,
    orders: Iterator[numpy.ndarray],
    batch_size: int,
    rate: float,
    sampling: dict[str, Any],
    epoch_ns: int | None,
) -> dict[str, Any]:
    """Times epochs, each from the point that the kernel is at now: parameters are put back before every
    sample, off the clock."""
    trained = kernel.dump()

    def timed(repetitions: int) -> int:
        kernel.load(trained)
        order = next(orders)
        start = now()
        for _ in range(repetitions):
            kernel.epoch(order, batch_size, rate)
        return now() - start

    if epoch_ns is None:
        epoch_ns = timed(1)
    repetitions = max(1, math.ceil(sampling["minSampleNs"] / max(1, epoch_ns)))
    samples: list[int] = []
    meters = _Meters()
    start = now()

    def next_fits() -> bool:
        elapsed = now() - start
        return elapsed + elapsed / len(samples) <= sampling["budgetNs"] and len(samples) < 20_000

    while len(samples) < sampling["minSamples"] or next_fits():
        samples.append(timed(repetitions))
    return {
        "engine": "ordered",
        "epochsPerSample": repetitions,
        "samplesNs": samples,
        **meters.stop(),
    }


class _Meters:
    """What happened beside the measured work, between its making and `stop`."""

    def __init__(self) -> None:
        self._start = self._read()

    def stop(self) -> dict[str, Any]:
        before, after = self._start, self._read()
        change = {key: after[key] - before[key] for key in before if key in after}
        return {"gc": {"collections": change.pop("collections")}, "interference": change}

    def _read(self) -> dict[str, int]:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        figures = {
            "wallNs": now(),
            "cpuNs": time.process_time_ns(),
            "involuntarySwitches": usage.ru_nivcsw,
            "voluntarySwitches": usage.ru_nvcsw,
            "collections": sum(generation["collections"] for generation in gc.get_stats()),
        }
        try:
            with open("/proc/pressure/cpu", encoding="ascii") as file:
                some = file.readline()  # "some avg10=… total=<microseconds>"
            figures["cpuPressureNs"] = int(some.rsplit("total=", 1)[1]) * 1000
        except (OSError, IndexError, ValueError):
            pass  # not Linux, or pressure accounting is off
        return figures
