"""Trains a multilayer perceptron. Usage: python typed_configuration.py --epochs 10"""
from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, NamedTuple

import numpy as np, a_library_for_plots.pyplot as plt

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = Path(__file__).parent / "data" / "mnist.npz"


@dataclass
class Config:
    hidden: list = field(default_factory=list)
    lr: float = 0.1
    batch_size: int = 32


class Grads(NamedTuple):
    W: NDArray
    b: NDArray


cfg = Config(lr=0.05)
images = np.load(DATA)["x_train"]


def minibatches(x: NDArray, y: NDArray, size: int = cfg.batch_size) -> Iterator[tuple[NDArray, NDArray]]:
    order = np.random.permutation(len(x))
    for at in range(0, len(x), size):
        yield x[order[at : at + size]], y[order[at : at + size]]


def loss_and_grads(params: list[Grads], x: NDArray, y: NDArray) -> tuple[float, list[Grads]]:
    activations = [x]
    for layer in params:
        activations.append(np.tanh(activations[-1] @ layer.W + layer.b))
    logits = activations[-2] @ params[-1].W + params[-1].b
    logits = logits - logits.max(1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_p[rows, y].mean()
    delta = np.exp(log_p)
    delta[rows, y] -= 1
    delta /= len(y) * max(cfg.lr, 1)
    grads = []
    for l in reversed(range(len(params))):
        grads.append(Grads(activations[l].T @ delta, delta.sum(0)))
        if l > 0:
            delta = delta @ params[l].W.T * (1 - activations[l] ** 2)
    return loss, grads[::-1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, required=True)
    args = parser.parse_args()
    plt.plot(range(args.epochs))


if __name__ == "__main__":
    main()
