"""What a plug-in declares about itself, by names at its top level."""

from __future__ import annotations

import re
from typing import Any

from .conversation import Fault

# The choices of each declaration, the usual one first.
CHOICES = {
    "weights": ("out,in", "in,out"),
    "images": ("rows", "columns", "column", "row"),
    "biases": ("flat", "column", "row", None),
    "labels": ("integers", "one-hot"),
    "result": ("mean", "sum", "per-example"),
    "precision": ("float64", "float32"),
    "activation": ("sigmoid", "tanh", "relu"),
    "pixels": ("unit", "bytes"),
    "loss": (
        "sigmoid-quadratic",
        "softmax-cross-entropy",
        "squares",
        "mean-squares",
        "mean-cross-entropy",
    ),
}

# Declarations that shapes can speak for, so that they need not be made.
DETECTED = ("weights", "images", "biases", "labels")

# The loss of Slope that each stands for, and how many times it is that loss, for so many classes.
LOSSES = {
    "sigmoid-quadratic": ("sigmoid-quadratic", lambda classes: 1),
    "squares": ("sigmoid-quadratic", lambda classes: 2),
    "mean-squares": ("sigmoid-quadratic", lambda classes: 2 / classes),
    "softmax-cross-entropy": ("softmax-cross-entropy", lambda classes: 1),
    "mean-cross-entropy": ("softmax-cross-entropy", lambda classes: 1 / classes),
}


def read_declarations(module: Any, path: str) -> dict[str, Any]:
    """The declarations of a module. Names that hold something else, such as a list of arrays, are none."""
    found: dict[str, Any] = {}
    for name, choices in CHOICES.items():
        if not hasattr(module, name):
            continue
        value = getattr(module, name)
        if name == "pixels" and _is_pair(value):
            found[name] = (float(value[0]), float(value[1]))
        elif name == "pixels" and _is_expression(value):
            found["pixel_expression"] = value
        elif isinstance(value, str) or (value is None and name == "biases"):
            if value not in choices:
                listed = ", ".join("None" if one is None else f'"{one}"' for one in choices)
                raise Fault(f'{path} declares {name} = "{value}", expected one of {listed}')
            found[name] = value
    targets = getattr(module, "targets", None)
    if _is_pair(targets):
        found["targets"] = (float(targets[0]), float(targets[1]))
    decay = getattr(module, "weight_decay", None)
    if isinstance(decay, (int, float)) and not isinstance(decay, bool) and decay > 0:
        found["weight_decay"] = float(decay)
    layers = getattr(module, "layers", None)
    if isinstance(layers, str) and re.fullmatch(r"\d+( *, *\d+)+", layers):  # as after --layers
        layers = [int(width) for width in layers.split(",")]
    if isinstance(layers, (list, tuple)) and len(layers) > 1 and all(
        type(width) is int and width > 0 for width in layers
    ):
        found["layers"] = list(layers)
    if getattr(module, "threads", None) is True:
        found["threads"] = True
    if isinstance(getattr(module, "skips_zero_pixels", None), bool):
        found["skips_zero_pixels"] = module.skips_zero_pixels
    if isinstance(getattr(module, "with_one_thread", None), str):
        found["with_one_thread"] = module.with_one_thread
    return found


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(
        isinstance(one, (int, float)) for one in value
    )


def _is_expression(value: Any) -> bool:
    """What a pixel is, from x = byte / 255; Slope reads it."""
    return isinstance(value, str) and (
        value == "standardised" or ("x" in value and re.fullmatch(r"[-\d.ex+*/^() ]+", value) is not None)
    )


def convention_of(declared: dict[str, Any]) -> dict[str, Any]:
    """What the program does on purpose otherwise than usual, with Slope's names."""
    convention: dict[str, Any] = {}
    if declared.get("targets", (0.0, 1.0)) != (0.0, 1.0):
        convention["targets"] = list(declared["targets"])
    pixels = declared.get("pixels")
    if isinstance(pixels, tuple) and pixels not in ((0.0, 1.0), (0.0, 255.0)):
        low, high = pixels
        convention["pixels"] = f"x*{high - low!r}+{low!r}".replace("+-", "-")
    elif "pixel_expression" in declared:
        convention["pixels"] = declared["pixel_expression"]
    if "weight_decay" in declared:
        convention["weightDecay"] = declared["weight_decay"]
    return convention


def network_of(declared: dict[str, Any]) -> dict[str, Any]:
    """What the program computes and cannot change, with Slope's names."""
    network = {}
    if "layers" in declared:
        network["layerSizes"] = declared["layers"]
    if "activation" in declared:
        network["hiddenActivation"] = declared["activation"]
    if "loss" in declared:
        network["outputLoss"] = LOSSES[declared["loss"]][0]
    convention = convention_of(declared)
    if convention:
        network["convention"] = convention
    return network


OPTIONS = {"layerSizes": "--layers", "hiddenActivation": "--activation", "outputLoss": "--loss"}


def check_network(declared: dict[str, Any], network: dict[str, Any]) -> None:
    for key, value in network_of(declared).items():
        if key == "convention" or network[key] == value:
            continue
        asked, own = (
            (",".join(map(str, one)) if isinstance(one, list) else one) for one in (network[key], value)
        )
        raise Fault(f"it declares {own}, but {asked} is asked for: use {OPTIONS[key]} {own}")
