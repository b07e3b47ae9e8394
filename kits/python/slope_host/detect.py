"""Finds how a program reads its arguments, where it does not declare it: what its shapes make plain."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import numpy as np
from slope import layer_views, parameter_count

from .arrays import Problem
from .conversation import Fault
from .declarations import CHOICES, DETECTED, LOSSES
from .programs import GradientForm, UpdateForm
from .results import called

# Two readings whose directions differ from the right gradient by less than this are equally good.
CLEARLY = 0.02
# A reading that works for odd numbers of examples alone counts if its gradient is at least so near to the right one.
ALIKE = 0.3


def _check_arguments(function: Any, updates: bool, declared: dict[str, Any]) -> None:
    """Raises Fault where a function cannot take the arguments that it is called with."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return  # native code may not tell
    wanted = ["weights", "biases", "images", "labels"] + (["rate"] if updates else [])
    without = [name for name in wanted if name != "biases"]
    given = without if declared.get("biases", "") is None else wanted
    if _takes(signature, given):
        return
    hint = ""
    if given is wanted and _takes(signature, without):
        hint = "; if it has no biases, declare biases = None"
    elif _takes(signature, [*given, "more"]):
        hint = "; give the others defaults"
    raise Fault(f"{called(function)} takes {signature}, expected ({', '.join(given)}){hint}", function)


def _takes(signature: inspect.Signature, given: list[str]) -> bool:
    try:
        signature.bind(*given)
    except TypeError:
        return False
    return True


def open_lists(
    function: Any, updates: bool, problem: Problem, declared: dict[str, Any]
) -> tuple[Any, list[dict[str, str]]]:
    """The program in the reading that fits it, and what was assumed."""
    _check_arguments(function, updates, declared)
    usual = {name: choices[0] for name, choices in CHOICES.items()}
    usual.update(declared)
    factor = LOSSES[declared["loss"]][1](problem.sizes[-1]) if "loss" in declared else 1
    make = UpdateForm if updates else GradientForm
    free = [name for name in DETECTED if name not in declared]
    open_with = [CHOICES[name] if name != "biases" else CHOICES[name][:3] for name in free]
    # Those closest to the usual reading first.
    combinations = sorted(
        itertools.product(*(range(len(choices)) for choices in open_with)), key=lambda c: (sum(c), c)
    )
    readings = []
    for combination in combinations:
        reading = dict(usual)
        reading.update({name: open_with[i][c] for i, (name, c) in enumerate(zip(free, combination))})
        readings.append(reading)
    first_error: Exception | None = None
    # Some programs can only take as many examples as there are classes, or one: that is told of each minibatch.
    as_classes = _rows_with_last_class(problem, problem.sizes[-1])
    for rows, least in ((_probe_rows(problem), -1.0), (as_classes, ALIKE), (np.arange(1), ALIKE)):
        program, error = _nearest(
            lambda reading: make(function, problem, reading, factor), readings, problem, rows, least
        )
        first_error = first_error or error
        if program is not None:
            break
    if program is None:
        raise first_error  # type: ignore[misc]
    with np.errstate(all="ignore"):
        program.find_whether_it_counts_labels()
    assumed = [
        {"name": name, "value": str(program.reading[name])}
        for name in free
        if not (program.reading["biases"] is None and name == "biases")
    ]
    return program, assumed


def _nearest(
    make: Any, readings: list[dict[str, Any]], problem: Problem, rows: Any, least: float
) -> tuple[Any, Exception | None]:
    """The program in the reading whose gradient of these rows is nearest to a right one, at least as near as a cosine of
    `least`; None and why if all fail."""
    flat = _probe_point(problem)
    expected = [_gradient(network, flat, rows) for network in _networks(problem)]
    first_error: Exception | None = None
    first_fault: Fault | None = None
    best: tuple[float, Any] | None = None
    for reading in readings:
        program = make(reading)
        program.load(flat)
        try:
            with np.errstate(all="ignore"):
                program.gradient(rows)
                found = program.kept_gradient()
        except (NameError, ImportError):
            raise  # no other reading would mend it
        except Fault as fault:
            first_fault = first_fault or fault  # it read its arguments to the end
            continue
        except Exception as error:
            first_error = first_error or error
            continue
        nearness = max(_cosine(found, one) for one in expected)
        if nearness >= least and (best is None or nearness > best[0] + CLEARLY):
            best = nearness, program
        if nearness > 1 - 1e-6:
            break
    return (None, first_fault or first_error) if best is None else (best[1], None)


def _networks(problem: Problem) -> list[Problem]:
    """The problem with every activation and loss, as a program may compute others than it was asked for: the reading of its
    arrays is then to be right all the same."""
    return [
        problem._replace(activation=activation, loss=loss)
        for activation in ("sigmoid", "tanh", "relu")
        for loss in ("sigmoid-quadratic", "softmax-cross-entropy")
    ]


def _probe_rows(problem: Problem) -> Any:
    """A few rows, as many as no layer is wide, one of them of the last class."""
    return _rows_with_last_class(problem, next(n for n in (3, 5, 7, 11, 13, 17, 19, 23) if n not in problem.sizes))


def _rows_with_last_class(problem: Problem, count: int) -> Any:
    count = min(count, len(problem.labels))
    rows = np.arange(count)
    last = np.flatnonzero(problem.labels == problem.sizes[-1] - 1)
    if len(last) and last[0] >= count:
        rows[-1] = last[0]
    return rows


def _probe_point(problem: Problem) -> Any:
    random = np.random.RandomState(1)
    flat = random.standard_normal(parameter_count(problem.sizes))
    for weights, _ in layer_views(flat, problem.sizes):
        weights /= np.sqrt(weights.shape[1])
    return flat


def _cosine(one: Any, other: Any) -> float:
    size = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    cosine = float(one @ other) / size if size > 0 else 0.0
    return abs(cosine) if np.isfinite(cosine) else -1.0


def _gradient(problem: Problem, flat: Any, rows: Any) -> Any:
    """The gradient of the mean loss, to tell readings apart; the verification compares with Slope's own oracle."""
    layers = layer_views(flat, problem.sizes)
    activations = [problem.pixels[rows] / 255]
    for l, (w, b) in enumerate(layers):
        z = activations[-1] @ w.T + b
        activations.append(_activate(problem.activation, z) if l < len(layers) - 1 else z)
    targets = np.eye(problem.sizes[-1])[problem.labels[rows]]
    if problem.loss == "softmax-cross-entropy":
        e = np.exp(z - z.max(1, keepdims=True))
        delta = e / e.sum(1, keepdims=True) - targets
    else:
        a = 1 / (1 + np.exp(-z))
        delta = (a - targets) * a * (1 - a)
    gradient = np.zeros_like(flat)
    views = layer_views(gradient, problem.sizes)
    for l in range(len(layers) - 1, -1, -1):
        views[l][0][:] = delta.T @ activations[l] / len(rows)
        views[l][1][:] = delta.mean(0)
        if l > 0:
            delta = (delta @ layers[l][0]) * _slope(problem.activation, activations[l])
    return gradient


def _activate(name: str, z: Any) -> Any:
    if name == "sigmoid":
        return 1 / (1 + np.exp(-z))
    return np.tanh(z) if name == "tanh" else np.maximum(z, 0)


def _slope(name: str, a: Any) -> Any:
    if name == "sigmoid":
        return a * (1 - a)
    return 1 - a * a if name == "tanh" else (a > 0).astype(float)
