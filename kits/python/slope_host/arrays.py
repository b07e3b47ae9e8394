"""Parameters and minibatches in the shapes that a program reads, and its results in Slope's."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
from slope import layer_views, parameter_count

from .conversation import Fault


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


class Arrays:
    """Converts between Slope's arrays and those of one reading: a choice for every declaration."""

    def __init__(self, problem: Problem, reading: dict[str, Any]) -> None:
        self.problem = problem
        self.reading = reading
        self.dtype = np.dtype(reading["precision"])
        self.transposed = reading["weights"] == "in,out"
        low, high = reading.get("targets", (0.0, 1.0))
        classes = problem.sizes[-1]
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
            return labels.astype(np.int64)
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
        if hasattr(found, "__next__"):  # of a generator, map or zip
            found = list(found)
        if not isinstance(found, (list, tuple)) and not (
            isinstance(found, np.ndarray) and found.dtype == object
        ):
            raise Fault(f"{_called(program)} returned {_kind(found)} for the {what}s, expected a list "
                        f"of {len(wanted)} arrays, one for each layer", program)
        if len(found) != len(wanted):
            raise Fault(f"{_called(program)} returned {len(found)} {what}s, expected {len(wanted)}: "
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
            raise Fault(f"{_called(program)} returned None for {name}, expected an array of shape "
                        f"{want.shape}", program)
        try:
            array = np.asarray(one)
        except ValueError as error:  # a ragged list
            raise Fault(f"{_called(program)} returned no array for {name}: {error}", program) from None
        if array.dtype.kind != "f":
            if isinstance(one, np.ndarray) or array.dtype.kind not in "iu":
                raise Fault(f"{_called(program)} returned {name} as {array.dtype}, expected "
                            f"{self.dtype}", program)
            array = array.astype(self.dtype)
        elif array.dtype.itemsize < self.dtype.itemsize:
            raise Fault(f"{_called(program)} returned {name} as {array.dtype}, expected {self.dtype}: "
                        f'compute in {self.dtype}, or declare precision = "{array.dtype}"', program)
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
        raise Fault(f"{_called(program)} returned {name} in shape {array.shape}, expected {shape}{hint}",
                    program)


def split_result(result: Any, has_biases: bool, program: Any) -> tuple[Any, Any, Any]:
    """Weight gradients, bias gradients and the loss (None if it is not returned) of what a program returned."""
    if result is None:
        raise Fault(f"{_called(program)} returned None, expected (weight gradients, bias gradients); a "
                    "function that updates the lists in place is called train_batch", program)
    by_layer = _split_layers(result) if has_biases else None
    if by_layer is not None:
        return by_layer
    if isinstance(result, dict):
        return _split_dictionary(result, has_biases, program)
    if not has_biases:
        is_pair = isinstance(result, tuple) and len(result) == 2 and np.ndim(result[1]) == 0 and (
            not isinstance(result[1], (list, tuple))
        )
        return (result[0], [], result[1]) if is_pair else (result, [], None)
    if isinstance(result, (list, tuple)) and len(result) in (2, 3):
        weights, biases, *rest = result
        return weights, biases, _loss(rest[0], program) if rest else None
    if isinstance(result, (list, tuple)) and len(result) > 3:
        found = _split_row(result)
        if found is not None:
            return *found[:2], None if found[2] is None else _loss(found[2], program)
    raise Fault(f"{_called(program)} returned {_kind(result)}, expected (weight gradients, bias "
                "gradients) or (weight gradients, bias gradients, loss)", program)


def _split_layers(result: Any) -> tuple[list, list, None] | None:
    """[(dW1, db1), (dW2, db2)], or a dictionary for each layer, in a list or a dictionary; None for what is neither."""
    layers = list(result.values()) if isinstance(result, dict) else result
    if not isinstance(layers, (list, tuple)) or len(layers) == 0:
        return None
    pairs = [
        _weight_and_bias(one) if isinstance(one, dict) else one if isinstance(one, (list, tuple)) else None
        for one in layers
    ]
    if not all(pair is not None and len(pair) == 2 and _is_pair_of_layer(*pair) for pair in pairs):
        return None
    weights, biases = zip(*pairs)
    return list(weights), list(biases), None


def _weight_and_bias(layer: dict) -> tuple | None:
    """The values whose names speak of a weight and of a bias, as dW and db."""
    named = {kind: [v for k, v in layer.items() if re.fullmatch(rf"(d|grad_?)?_?{kind}[a-z]*", str(k).lower())]
             for kind in "wb"}
    return (named["w"][0], named["b"][0]) if all(len(found) == 1 for found in named.values()) else None


def _is_pair_of_layer(weight: Any, bias: Any) -> bool:
    """By their shapes: a matrix and a vector, so that a list of weights and one of biases are no pair."""
    w, b = getattr(weight, "shape", None), getattr(bias, "shape", None)
    return w is not None and b is not None and len(w) == 2 and 1 not in w and (
        sum(width != 1 for width in b) <= 1
    )


def _split_row(result: Any) -> tuple[list, list, Any] | None:
    """(dW1, db1, dW2, db2), in any order in which weights and biases differ by their shapes, and perhaps a loss."""
    weights: list = []
    others: list = []
    for one in result:
        if not isinstance(one, (np.ndarray, np.generic, float, int)):
            return None
        shape = np.shape(one)
        (weights if len(shape) == 2 and 1 not in shape else others).append(one)
    loss = None
    if len(others) == len(weights) + 1:
        at = -1 if np.shape(others[-1]) == () else 0
        loss = others.pop(at)
    return (weights, others, loss) if len(weights) == len(others) else None


def _split_dictionary(result: dict, has_biases: bool, program: Any) -> tuple[Any, Any, Any]:
    """{"dW1": …, "db1": …, "dW2": …}: the number at the end of a name is that of the layer."""
    lists = _weight_and_bias({k: v for k, v in result.items() if isinstance(v, (list, tuple))})
    if lists is not None:  # {"weights": […], "biases": […]}
        return *lists, _loss(result["loss"], program) if "loss" in result else None
    found: dict[str, dict[int, Any]] = {"w": {}, "b": {}}
    for name, value in result.items():
        match = re.search(r"([wb])[a-z]*_?(\d+)$", str(name).lower())
        if match:
            found[match[1]][int(match[2])] = value
    weights, biases = ([found[kind][l] for l in sorted(found[kind])] for kind in "wb")
    if not weights or (has_biases and not biases):
        names = ", ".join(map(str, result))
        raise Fault(f"{_called(program)} returned a dictionary of {names}, expected dW1, db1, dW2, …",
                    program)
    return weights, biases, _loss(result["loss"], program) if "loss" in result else None


def _loss(value: Any, program: Any) -> float | None:
    if value is None:
        return None
    try:
        return float(np.asarray(value).reshape(()))
    except (TypeError, ValueError):
        raise Fault(f"{_called(program)} returned {_kind(value)} as the loss, expected a number",
                    program) from None


def _called(program: Any) -> str:
    return getattr(program, "__name__", "it")


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"
