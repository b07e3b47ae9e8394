"""The three forms of a plug-in as one kind of object: load, dump, gradient, steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from slope import parameter_count, phases

from .arrays import Arrays, Problem
from .conversation import Fault
from .results import called, loss_of, opened, split_result

# An update form shows its gradient as (before − after) / rate, at this rate. A tiny rate would hide weights that are
# updated before they are used; and it would cost digits.
DERIVING_RATE = 1.0


class Lists:
    """What the gradient form and the update form share. Weights and biases stay in the program's own shapes."""

    def __init__(self, function: Any, problem: Problem, reading: dict[str, Any], factor: float) -> None:
        self.function = function
        self.problem = problem
        self.arrays = Arrays(problem, reading)
        self.reading = reading
        self.factor = factor  # its loss is so many times Slope's
        self.has_biases = reading["biases"] is not None
        self.weights, self.biases = self.arrays.split(np.zeros(parameter_count(problem.sizes)))
        self.last: Any = self.arrays.split(np.zeros(parameter_count(problem.sizes)))
        self.returns_loss = True
        self.counts_labels = False

    def load(self, flat: Any) -> None:
        self.weights, self.biases = self.arrays.split(flat)

    def dump(self) -> Any:
        return self.arrays.join(self.weights, self.biases)

    def kept_gradient(self) -> Any:
        """The gradient of the last call, canonical order."""
        return self.arrays.join(*self.last)

    def gradient(self, rows: Any) -> float | None:
        """Keeps the gradient of the mean loss over these rows, of a copy of the parameters; returns that loss."""
        loss, *self.last = self.rows_gradient([w.copy() for w in self.weights],
                                              [b.copy() for b in self.biases], rows)
        if loss is None:
            self.returns_loss = False
        return loss

    def rows_gradient(self, weights: list, biases: list, rows: Any) -> tuple[Any, list, list]:
        if self.counts_labels and self._lacks_last_class(rows):
            return self._with_last_class(weights, biases, rows)
        return self.mean_gradient(weights, biases, rows)

    def find_whether_it_counts_labels(self) -> None:
        """Many programs count the classes as the greatest label + 1, which fails where a minibatch lacks the last one."""
        labels = self.problem.labels
        rows = np.flatnonzero((labels > 0) & (labels < self.problem.sizes[-1] - 1))[:3]
        if len(rows) == 0 or not self._lacks_last_class(rows):
            return
        try:
            self.gradient(rows)
        except Fault:
            pass
        except Exception:
            for self.arrays.labels_of_all_classes, self.counts_labels in ((True, False), (False, True)):
                try:
                    self.gradient(rows)
                    return
                except Exception:
                    self.counts_labels = False

    def _with_last_class(self, weights: list, biases: list, rows: Any) -> tuple[Any, list, list]:
        """With an example of the last class added, and its own part taken out again."""
        extra = int(np.flatnonzero(self.problem.labels == self.problem.sizes[-1] - 1)[0])
        copies = [w.copy() for w in weights], [b.copy() for b in biases]
        with_loss, with_w, with_b = self.mean_gradient(*copies, np.append(rows, extra))
        copies = [w.copy() for w in weights], [b.copy() for b in biases]
        loss, own_w, own_b = self.mean_gradient(*copies, np.array([extra]))
        n = len(rows)

        def less(all_of: list, one: list) -> list:
            return [((n + 1) * g - e) / n for g, e in zip(all_of, one)]

        has_loss = loss is not None and with_loss is not None
        mean = ((n + 1) * with_loss - loss) / n if has_loss else None
        return mean, less(with_w, own_w), less(with_b, own_b)

    def _lacks_last_class(self, rows: Any) -> bool:
        last = self.problem.sizes[-1] - 1
        return bool(last in self.problem.labels) and last not in self.problem.labels[rows]

    def mean_gradient(self, weights: list, biases: list, rows: Any) -> tuple[Any, list, list]:
        raise NotImplementedError


class GradientForm(Lists):
    """gradient(weights, biases, images, labels)"""

    derives = False

    def mean_gradient(self, weights: list, biases: list, rows: Any) -> tuple[Any, list, list]:
        if self.arrays.one_by_one:
            images, labels = self.arrays.examples(rows)
            return self._one_by_one(weights, biases, images, labels)
        images, labels = self.arrays.images(rows), self.arrays.labels(rows)
        result = self._call(weights, biases, images, labels)
        found_w, found_b, loss = split_result(result, self.has_biases, self.function)
        lead = (len(rows),) if self.reading["result"] == "per-example" else ()
        gradients_w = self.arrays.checked(found_w, weights, "weight gradient", self.function, lead)
        gradients_b = self.arrays.checked(found_b, biases, "bias gradient", self.function, lead)
        self._refuse_views(weights, gradients_w, "weight gradient")
        self._refuse_views(biases, gradients_b, "bias gradient")
        divisor = self.factor
        if lead:
            gradients_w = [g.mean(0) for g in gradients_w]
            gradients_b = [g.mean(0) for g in gradients_b]
            loss = None if loss is None else float(np.mean(loss))
        elif self.reading["result"] == "sum":
            divisor *= len(rows)
        if divisor != 1:
            gradients_w = [g / divisor for g in gradients_w]
            gradients_b = [g / divisor for g in gradients_b]
        return None if loss is None else loss / divisor, gradients_w, gradients_b

    def _refuse_views(self, parameters: list, gradients: list, what: str) -> None:
        for l, (p, g) in enumerate(zip(parameters, gradients)):
            if np.may_share_memory(p, g):
                raise Fault(f"{called(self.function)} returned the parameters themselves, or a view of "
                            f"them, as the {what} of layer {l + 1}: return an array of its own",
                            self.function)

    def _one_by_one(self, weights: list, biases: list, images: list, labels: list):
        total_w = [np.zeros_like(w) for w in weights]
        total_b = [np.zeros_like(b) for b in biases]
        total: float | None = 0.0
        for image, label in zip(images, labels):
            result = self._call(weights, biases, image, label)
            found_w, found_b, loss = split_result(result, self.has_biases, self.function)
            for sums, found, given, what in (
                (total_w, found_w, weights, "weight gradient"),
                (total_b, found_b, biases, "bias gradient"),
            ):
                one = self.arrays.checked(found, given, what, self.function)
                self._refuse_views(given, one, what)
                for s, g in zip(sums, one):
                    s += g
            total = None if loss is None or total is None else total + loss
        divisor = len(images) * self.factor
        mean = None if total is None else total / divisor
        return mean, [w / divisor for w in total_w], [b / divisor for b in total_b]

    def _call(self, weights: list, biases: list, images: Any, labels: Any) -> Any:
        given = (list(weights), list(biases)) if self.has_biases else (list(weights),)
        if not phases.are_measured:
            return self.function(*given, images, labels)
        phases.mark("gradient")
        result = self.function(*given, images, labels)
        phases.mark("adapter")
        return result

    def steps(self, batches: list, _order: Any, rate: float) -> float | None:
        total: float | None = 0.0
        for rows in batches:
            if phases.are_measured:
                phases.mark("adapter")
            loss, *self.last = self.rows_gradient(self.weights, self.biases, rows)
            if phases.are_measured:
                phases.mark("update")
            for parameters, gradients in zip((self.weights, self.biases), self.last):
                for p, g in zip(parameters, gradients):
                    p -= rate * g
            total = None if loss is None or total is None else total + loss * len(rows)
        return total


class UpdateForm(Lists):
    """train_batch(weights, biases, images, labels, rate): changes the lists, their arrays, or returns new ones."""

    derives = True

    def mean_gradient(self, weights: list, biases: list, rows: Any) -> tuple[Any, list, list]:
        old_w, old_b = [w.copy() for w in weights], [b.copy() for b in biases]
        loss, new_w, new_b = self._update(weights, biases, rows, DERIVING_RATE)
        return (
            loss,
            [(before - after) / DERIVING_RATE for before, after in zip(old_w, new_w)],
            [(before - after) / DERIVING_RATE for before, after in zip(old_b, new_b)],
        )

    def _update(self, weights: list, biases: list, rows: Any, rate: float) -> tuple[Any, list, list]:
        divisor = self.factor * (len(rows) if self.reading["result"] == "sum" else 1)
        rate /= divisor
        if self.arrays.one_by_one:
            images, labels = self.arrays.examples(rows)
        else:
            images, labels = self.arrays.images(rows), self.arrays.labels(rows)
        weights, biases = list(weights), list(biases)
        given = (weights, biases) if self.has_biases else (weights,)
        if phases.are_measured:
            phases.mark("gradient + update")
        result = self.function(*given, images, labels, rate)
        if phases.are_measured:
            phases.mark("adapter")
        loss = None
        result = opened(result)
        if isinstance(result, (list, tuple, dict)):
            weights, biases, loss = split_result(result, self.has_biases, self.function)
        elif result is not None:
            loss = loss_of(result, self.function)
        new_w = self.arrays.checked(weights, self.weights, "new weight array", self.function)
        new_b = self.arrays.checked(biases, self.biases, "new bias array", self.function)
        return None if loss is None else loss / divisor, new_w, new_b

    def steps(self, batches: list, _order: Any, rate: float) -> float | None:
        total: float | None = 0.0
        for number, rows in enumerate(batches):
            if phases.are_measured:
                phases.mark("adapter")
            is_last = number == len(batches) - 1
            if is_last:
                before = [w.copy() for w in self.weights], [b.copy() for b in self.biases]
            if self.counts_labels and self._lacks_last_class(rows):
                loss, *found = self._with_last_class(self.weights, self.biases, rows)
                self.weights, self.biases = (
                    [p - rate * g for p, g in zip(parameters, gradients)]
                    for parameters, gradients in zip((self.weights, self.biases), found)
                )
            else:
                loss, self.weights, self.biases = self._update(self.weights, self.biases, rows, rate)
            total = None if loss is None or total is None else total + loss * len(rows)
        self.last = tuple(
            [(old - new) / rate for old, new in zip(olds, news)]
            for olds, news in zip(before, (self.weights, self.biases))
        )
        return total


class ClassForm:
    """An object that keeps its own parameters: load, dump, loss_and_gradient, and its own epoch if it has one."""

    returns_loss = True

    def __init__(self, made_by: Any, problem: Problem) -> None:
        self.problem = problem
        self.program = made_by(problem)
        self.derives = hasattr(self.program, "epoch")
        self.last: Any = np.zeros(parameter_count(problem.sizes))

    def load(self, flat: Any) -> None:
        self.program.load(flat)

    def dump(self) -> Any:
        return self._flat(self.program.dump(), self.program.dump)

    def kept_gradient(self) -> Any:
        return self.last

    def gradient(self, rows: Any) -> float:
        method = self.program.loss_and_gradient
        answer = method(rows)
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise Fault("loss_and_gradient returned no pair, expected (mean loss, flat gradient)",
                        method.__func__)
        self.last = self._flat(answer[1], method)
        return float(answer[0])

    def _flat(self, found: Any, method: Any) -> Any:
        count = parameter_count(self.problem.sizes)
        array = np.asarray(found, np.float64)
        if array.shape != (count,):
            raise Fault(f"{method.__name__} returned an array of shape {array.shape}, expected ({count},)",
                        getattr(method, "__func__", method))
        return array

    def steps(self, batches: list, order: Any, rate: float) -> float:
        if not self.derives:
            total = 0.0
            for rows in batches:
                parameters = self.dump()
                total += self.gradient(rows) * len(rows)
                self.load(parameters - rate * self.last)
            return total
        # All but the last in the program's own loop, and the last in one of its own, so that its gradient shows.
        total = 0.0
        if len(batches) > 1:
            # Only the last minibatch of an epoch may be shorter.
            most = order[: len(batches[0]) * (len(batches) - 1)]
            total += float(self.program.epoch(most, len(batches[0]), rate)) * len(most)
        before = self.dump().copy()
        last = batches[-1]
        total += float(self.program.epoch(last, len(last), rate)) * len(last)
        self.last = (before - self.dump()) / rate
        return total
