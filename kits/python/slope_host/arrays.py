"""Parameters and minibatches in the shapes that a program reads, and its results in Slope's."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from slope import layer_views, parameter_count

from .conversation import Fault
from .results import called, in_order, kind_of


class Problem(NamedTuple):
    """One network and its training examples. A class of the full form gets it as the argument of its constructor."""

    #: Widths of the layers, from the pixels to the classes: [784, 16, 16, 10].
    sizes: list
    #: Activation of the hidden layers: "sigmoid", "tanh" or "relu".
    activation: str
    #: "sigmoid-quadratic" (½‖a − y‖²) or "softmax-cross-entropy"; the mean over the minibatch.
    loss: str
    #: (m, features) uint8, mapped from a file: row numbers of a minibatch refer to it.
    pixels: Any
    #: (m,) uint8
    labels: Any
    #: The largest minibatch.
    batch_size: int
    #: Threads that it may use. The environment tells BLAS and OpenMP.
    threads: int


class LabelsOfAllClasses(np.ndarray):
    """Labels whose greatest is that of the last class, for a program that counts the classes as labels.max() + 1."""

    greatest = 0

    def __array_finalize__(self, source: Any) -> None:
        self.greatest = getattr(source, "greatest", 0)

    def __array_ufunc__(self, function: Any, method: str, *given: Any, **options: Any) -> Any:
        """What is computed from them is a plain array, with a greatest element of its own."""
        if "out" in options:
            options["out"] = tuple(map(_plain, options["out"]))
        return getattr(function, method)(*map(_plain, given), **options)

    def max(self, *_given: Any, **_options: Any) -> int:
        return self.greatest


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, LabelsOfAllClasses) else value


class Arrays:
    """Converts between Slope's arrays and those of one reading: a choice for every declaration."""

    def __init__(self, problem: Problem, reading: dict[str, Any]) -> None:
        self.problem = problem
        self.reading = reading
        self.dtype = np.dtype(reading["precision"])
        self.transposed = reading["weights"] == "in,out"
        low, high = reading.get("targets", (0.0, 1.0))
        classes = problem.sizes[-1]
        self.labels_of_all_classes = False
        self.codes = np.full((classes, classes), low, self.dtype)
        np.fill_diagonal(self.codes, high)
        pixels = reading["pixels"]
        if pixels == "bytes":
            self.lowest, self.span = 0.0, 255.0
        elif pixels == "unit":
            self.lowest, self.span = 0.0, 1.0
        else:
            self.lowest, self.span = pixels[0], pixels[1] - pixels[0]

    def split(self, flat: Any) -> tuple[list, list]:
        """Fresh weights and biases of the program from an array in canonical order."""
        weights, biases = [], []
        for w, b in layer_views(flat, self.problem.sizes):
            w = w.T if self.transposed else w
            weights.append(np.array(w, self.dtype, order="C"))
            if self.reading["biases"] is not None:
                biases.append(np.array(b.reshape(self._bias_shape(len(b))), self.dtype))
        return weights, biases

    def join(self, weights: list, biases: list) -> Any:
        """The array in canonical order, float64, of weights and biases of the program."""
        flat = np.zeros(parameter_count(self.problem.sizes))
        for l, (w, b) in enumerate(layer_views(flat, self.problem.sizes)):
            w[:] = weights[l].T if self.transposed else weights[l]
            if biases:
                b[:] = np.reshape(biases[l], -1)
        return flat

    def _bias_shape(self, width: int) -> tuple:
        return {"flat": (width,), "column": (width, 1), "row": (1, width)}[self.reading["biases"]]

    @property
    def one_by_one(self) -> bool:
        return self.reading["images"] in ("column", "row")

    def images(self, rows: Any) -> Any:
        """The images of these rows, as the program reads them; (n, features) where it reads one at a time."""
        block = self.problem.pixels.take(rows, 0)
        if self.span == 255.0:
            values = block.astype(self.dtype)
        else:
            values = np.divide(block, 255, dtype=self.dtype)
            if self.span != 1.0 or self.lowest != 0.0:
                values = self.lowest + self.span * values
        return values.T if self.reading["images"] == "columns" else values

    def labels(self, rows: Any) -> Any:
        labels = self.problem.labels.take(rows, 0)
        if self.reading["labels"] == "integers":
            labels = labels.astype(np.int64)
            if self.labels_of_all_classes:
                labels = labels.view(LabelsOfAllClasses)
                labels.greatest = self.problem.sizes[-1] - 1
            return labels
        values = self.codes.take(labels, 0)
        return values.T if self.reading["images"] == "columns" else values

    def examples(self, rows: Any) -> tuple[list, list]:
        """The same one by one: (features,) or (features, 1), and a label each."""
        images, labels = list(self.images(rows)), self.labels(rows)
        if self.reading["labels"] == "integers":
            labels = [int(label) for label in labels]
        else:
            labels = list(labels)
        if self.reading["images"] == "column":
            images = [image.reshape(-1, 1) for image in images]
            if self.reading["labels"] == "one-hot":
                labels = [label.reshape(-1, 1) for label in labels]
        return images, labels

    def checked(self, found: Any, wanted: list, what: str, program: Any, lead: tuple = ()) -> list:
        """The arrays of a result, in the shapes of `wanted`; says what is wrong with them."""
        if isinstance(found, np.ndarray) and found.dtype != object and len(wanted) == 1 and (
            found.ndim == wanted[0].ndim + len(lead)
        ):
            found = [found]
        if isinstance(found, dict):  # {1: dW1, 2: dW2}
            found = in_order(found)
        if hasattr(found, "__next__"):  # of a generator, map or zip
            found = list(found)
        if not isinstance(found, (list, tuple)) and not (
            isinstance(found, np.ndarray) and found.dtype == object
        ):
            raise Fault(f"{called(program)} returned {kind_of(found)} for the {what}s, expected a list "
                        f"of {len(wanted)} arrays, one for each layer", program)
        if len(found) == len(wanted) + 1 and found[0] is None:  # so that layer 1 is number 1
            found = found[1:]
        if len(found) != len(wanted):
            raise Fault(f"{called(program)} returned {len(found)} {what}s, expected {len(wanted)}: "
                        "one for each layer", program)
        shapes = [lead + want.shape for want in wanted]
        begins_last = [getattr(one, "shape", None) for one in found] == shapes[::-1] != shapes
        hint = ": the list seems to begin with the last layer; turn it around, [::-1]" if begins_last else ""
        return [
            self._array(one, want, f"the {what} of layer {l + 1}", program, lead, hint)
            for l, (one, want) in enumerate(zip(found, wanted))
        ]

    def _array(self, one: Any, want: Any, name: str, program: Any, lead: tuple, hint: str) -> Any:
        if one is None:
            raise Fault(f"{called(program)} returned None for {name}, expected an array of shape "
                        f"{want.shape}", program)
        try:
            array = np.asarray(one)
        except ValueError as error:  # a ragged list
            raise Fault(f"{called(program)} returned no array for {name}: {error}", program) from None
        if array.dtype.kind != "f":
            if isinstance(one, np.ndarray) or array.dtype.kind not in "iu":
                raise Fault(f"{called(program)} returned {name} as {array.dtype}, expected "
                            f"{self.dtype}", program)
            array = array.astype(self.dtype)
        elif array.dtype.itemsize < self.dtype.itemsize:
            declared = f', or declare precision = "{array.dtype}"' if array.dtype == np.float32 else ""
            raise Fault(f"{called(program)} returned {name} as {array.dtype}, expected {self.dtype}: "
                        f"compute in {self.dtype}{declared}", program)
        shape = lead + want.shape
        if array.shape == shape:
            return array
        if array.size == 1 and "bias gradient" in name:
            return np.full(shape, array.reshape(())[()])  # as an update b −= rate · db does
        # Biases as (n,), (n, 1) and (1, n) hold the same numbers.
        is_vector = sum(width != 1 for width in want.shape) <= 1 and "bias" in name
        if is_vector and array.size == int(np.prod(shape)) and array.shape[: len(lead)] == lead:
            return array.reshape(shape)
        if not hint and array.shape == lead + want.shape[::-1]:
            other = "out,in" if self.transposed else "in,out"
            hint = f': if your weights are ({other}), declare weights = "{other}"'
        raise Fault(f"{called(program)} returned {name} in shape {array.shape}, expected {shape}{hint}",
                    program)
