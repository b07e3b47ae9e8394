"""Weight gradients, bias gradients and the loss in what a program returned, in the many forms that people return."""

from __future__ import annotations

import dataclasses
import re
import types
from typing import Any, Callable

import numpy as np

from .conversation import Fault

# Marks of a gradient in a name, before or after it: dW, grad_W, W_grad.
_MARK = r"(?:d|grads?|gradients?|nabla)"
_NAMES = {"w": r"(?:ws?|weights?|kernel|theta)", "b": r"(?:bs?|bias|biases|intercept)"}
_LOSSES = ("loss", "cost", "j")


def split_result(result: Any, has_biases: bool, program: Any) -> tuple[Any, Any, Any]:
    """Weight gradients, bias gradients and the loss (None if it is not returned) of what a program returned."""
    if result is None:
        raise Fault(f"{called(program)} returned None, expected (weight gradients, bias gradients); a "
                    "function that updates the lists in place is called train_batch", program)
    result = opened(result)
    by_layer = _split_layers(result) if has_biases else None
    if by_layer is not None:
        return *by_layer, None
    if isinstance(result, dict):
        return _split_dictionary(result, has_biases, program)
    beside = _beside_number(result)
    if not has_biases:
        loss, gradients = beside or (None, result)
        return gradients, [], loss_of(loss, program)
    if beside is not None:
        found = _inside(beside[1])
        if found is not None:
            return *found, loss_of(beside[0], program)
    is_tuple = isinstance(result, tuple) and len(result) in (2, 3)
    both = _inside_first(result[0]) if is_tuple else None
    if both is not None:  # (gradients, cache), which may hold a loss
        return *both, loss_of(next((one for one in result[1:] if _is_number(one)), None), program)
    if isinstance(result, (list, tuple)) and len(result) in (2, 3):
        if len(result) == 3 and _is_number(result[0]) and not _is_number(result[2]):
            result = *result[1:], result[0]
        if all(map(_is_matrix, result)):
            raise Fault(f"{called(program)} returned {len(result)} weight gradients alone, expected (weight "
                        "gradients, bias gradients); if it has no biases, declare biases = None", program)
        weights, biases, *rest = result
        if _are(_is_vector, weights) and _are(_is_matrix, biases):  # as in (nabla_b, nabla_w)
            weights, biases = biases, weights
        return weights, biases, loss_of(rest[0], program) if rest else None
    if isinstance(result, (list, tuple)) and len(result) > 3:
        row = _split_row(result)
        if row is not None:
            return *row[:2], None if row[2] is None else loss_of(row[2], program)
    raise Fault(f"{called(program)} returned {kind_of(result)}, expected (weight gradients, bias "
                "gradients) or (weight gradients, bias gradients, loss)", program)


def opened(result: Any) -> Any:
    """What a generator yields, and the fields of a record, by name."""
    if hasattr(result, "__next__"):
        return list(result)
    if isinstance(result, types.SimpleNamespace) or (
        dataclasses.is_dataclass(result) and not isinstance(result, type)
    ):
        return dict(vars(result))
    return result


def in_order(found: dict) -> list:
    """Its values by the numbers in the names, as a backward pass fills it from the last layer; else as they were put in."""
    numbers = {name: re.search(r"\d+", str(name)) for name in found}
    if all(numbers.values()):
        return [found[name] for name in sorted(found, key=lambda name: int(numbers[name][0]))]
    return list(found.values())


def _beside_number(result: Any) -> tuple[Any, Any] | None:
    """The loss and the gradients of (loss, gradients) or (gradients, loss)."""
    if not isinstance(result, (list, tuple)) or len(result) != 2:
        return None
    first, second = result
    if _is_number(first) == _is_number(second):
        return None
    return (first, second) if _is_number(first) else (second, first)


def _is_number(value: Any) -> bool:
    """A loss, which may be None or in an array of its own."""
    return value is None or isinstance(value, (int, float)) or getattr(value, "ndim", None) == 0 or (
        isinstance(value, np.ndarray) and value.size == 1
    )


def _inside(found: Any) -> tuple[Any, Any] | None:
    """Weight gradients and bias gradients in what stood beside a loss; None for what does not hold both."""
    found = opened(found)
    by_layer = _split_layers(found)
    if by_layer is not None:
        return by_layer
    if isinstance(found, dict):
        return _in_dictionary(found, True)
    if not isinstance(found, (list, tuple)):
        return None
    if len(found) == 2 and (all(map(_is_list, found)) or _is_pair_of_layer(*found)):
        return found[0], found[1]
    row = _split_row(found) if len(found) > 3 else None
    return row[:2] if row is not None and row[2] is None else None


def _inside_first(found: Any) -> tuple[Any, Any] | None:
    if hasattr(found, "__next__"):  # it can be read once
        return None
    found = opened(found)
    by_layer = _split_layers(found)
    return by_layer or (_in_dictionary(found, True) if isinstance(found, dict) else None)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple, dict)) or getattr(value, "dtype", None) == object


def _split_layers(result: Any) -> tuple[list, list] | None:
    """[(dW1, db1), (dW2, db2)], or a dictionary or an object for each layer, in a list or a dictionary."""
    layers = in_order(result) if isinstance(result, dict) else result
    if not isinstance(layers, (list, tuple)):
        return None
    pairs = []
    for one in layers:
        if isinstance(one, (list, tuple)):
            pairs.append(one)
            continue
        fields = one if isinstance(one, dict) else _fields_of(one)
        if fields is None:
            return None
        if any(_is_called(name, "w") for name in fields):  # a layer of activations has none
            pairs.append(_weight_and_bias(fields))
    if not pairs or not all(pair is not None and len(pair) == 2 for pair in pairs):
        return None
    for ordered in (pairs, [pair[::-1] for pair in pairs]):
        if all(_is_pair_of_layer(*pair) for pair in ordered):
            weights, biases = zip(*ordered)
            return list(weights), list(biases)
    return None


def _fields_of(one: Any) -> dict | None:
    """The attributes of a layer, but not those of an array or of a tensor."""
    return vars(one) if hasattr(one, "__dict__") and not hasattr(one, "shape") and not callable(
        getattr(one, "__array__", None)
    ) else None


def _is_called(name: Any, kind: str) -> bool:
    return re.fullmatch(rf"({_MARK}_?)?{_NAMES[kind]}(_?{_MARK})?", str(name).lower()) is not None


def _is_marked(name: Any, kind: str) -> bool:
    """Whether the name says that it is a gradient: dW beside W."""
    return re.fullmatch(_NAMES[kind], str(name).lower()) is None


def _weight_and_bias(layer: dict) -> tuple | None:
    """The values whose names speak of a weight and of a bias, as dW and db, which count more than W and b."""
    for is_marked in (True, False):
        named = [
            [
                v for k, v in layer.items()
                if _is_called(k, kind) and _is_marked(k, kind) is is_marked
                and not (kind == "w" and isinstance(v, (int, float)))  # wd, the weight decay, beside dW
            ]
            for kind in "wb"
        ]
        if all(len(found) == 1 for found in named):
            return named[0][0], named[1][0]
    return None


def _is_pair_of_layer(weight: Any, bias: Any) -> bool:
    """By their shapes: a matrix and a vector, so that a list of weights and one of biases are no pair."""
    w, b = getattr(weight, "shape", None), getattr(bias, "shape", None)
    return w is not None and b is not None and len(w) == 2 and 1 not in w and (
        sum(width != 1 for width in b) <= 1
    )


def _is_matrix(value: Any) -> bool:
    shape = getattr(value, "shape", ())
    return len(shape) == 2 and 1 not in shape


def _is_vector(value: Any) -> bool:
    shape = getattr(value, "shape", ())
    return len(shape) == 1 or (len(shape) == 2 and 1 in shape)


def _are(kind: Callable[[Any], bool], values: Any) -> bool:
    return isinstance(values, (list, tuple)) and len(values) > 0 and all(map(kind, values))


def _split_row(result: Any) -> tuple[list, list, Any] | None:
    """(dW1, db1, dW2, db2), in any order in which weights and biases differ by their shapes, and perhaps a loss."""
    weights: list = []
    others: list = []
    for one in result:
        if not isinstance(one, (float, int)) and not hasattr(one, "__array__"):
            return None
        shape = np.shape(one)
        (weights if len(shape) == 2 and 1 not in shape else others).append(one)
    loss = None
    if len(others) == len(weights) + 1:
        at = -1 if np.shape(others[-1]) == () else 0
        loss = others.pop(at)
    return (weights, others, loss) if weights and len(weights) == len(others) else None


def _split_dictionary(result: dict, has_biases: bool, program: Any) -> tuple[Any, Any, Any]:
    found = _in_dictionary(result, has_biases)
    if found is None:
        names = ", ".join(map(str, result))
        raise Fault(f"{called(program)} returned a dictionary of {names}, expected dW1, db1, dW2, …",
                    program)
    loss = next((v for k, v in result.items() if str(k).lower() in _LOSSES and _is_number(v)), None)
    return *found, loss_of(loss, program)


def _in_dictionary(result: dict, has_biases: bool) -> tuple[Any, Any] | None:
    """{"weights": […], "biases": […]}; {"dW1": …, "db1": …}, where the number is that of the layer; or as in a row."""
    lists = _weight_and_bias({k: v for k, v in result.items() if _is_list(v)})
    if lists is not None:
        return lists
    weights, biases = (_numbered(result, kind) for kind in "wb")
    if weights and (biases or not has_biases):
        return weights, biases
    arrays = in_order({k: v for k, v in result.items() if str(k).lower() not in _LOSSES and v is not None})
    row = _split_row(arrays) if has_biases else None  # {"hidden.weight": …, "hidden.bias": …}
    return row[:2] if row is not None and row[2] is None else None


def _numbered(result: dict, kind: str) -> list:
    """The values of dW1, dW2, … in the order of the numbers; those marked as gradients, where W1, W2, … are there, too."""
    found: dict[bool, dict[int, Any]] = {True: {}, False: {}}
    for name, value in result.items():
        match = re.search(rf"({_MARK}_?)?{kind}[a-z]*_?(\d+)(_?{_MARK})?$", str(name).lower())
        if match:
            found[bool(match[1] or match[3])][int(match[2])] = value
    numbered = found[True] or found[False]
    return [numbered[l] for l in sorted(numbered)]


def loss_of(value: Any, program: Any) -> float | None:
    if value is None:
        return None
    try:
        return float(np.asarray(value).reshape(()))
    except (TypeError, ValueError):
        raise Fault(f"{called(program)} returned {kind_of(value)} as the loss, expected a number",
                    program) from None


def called(program: Any) -> str:
    return getattr(program, "__name__", "it")


def kind_of(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"
