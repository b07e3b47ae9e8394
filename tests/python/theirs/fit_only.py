"""Multilayer perceptron from scratch."""
import argparse
from dataclasses import dataclass, field
from typing import Iterator, List, Tuple

import numpy as np
from numba import njit
from sklearn.datasets import fetch_openml

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
args = parser.parse_args()


@njit(cache=True)
def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


@njit
def tanh_grad(a):
    return 1.0 - a ** 2


@dataclass
class Dense:
    W: np.ndarray
    b: np.ndarray
    dW: np.ndarray = field(default=None, repr=False)
    db: np.ndarray = field(default=None, repr=False)


class MLP:
    def __init__(self, sizes: List[int], lr: float = 0.1, batch_size=32, seed=args.lr):
        rng = np.random.RandomState(0)
        self.layers = [Dense(rng.randn(i, o) / np.sqrt(i), np.zeros(o)) for i, o in zip(sizes, sizes[1:])]
        self.lr, self.batch_size = lr, batch_size

    @staticmethod
    def minibatches(X, y, size) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
        order = np.random.permutation(len(X))
        for i in range(0, len(X), size):
            yield X[order[i:i + size]], y[order[i:i + size]]

    def _one_hot(self, y):
        return np.eye(self.layers[-1].b.size)[y]

    def _forward(self, X):
        acts = [X]
        for layer in self.layers[:-1]:
            acts.append(np.tanh(acts[-1] @ layer.W + layer.b))
        last = self.layers[-1]
        return acts, softmax(acts[-1] @ last.W + last.b)

    def fit(self, X, y, epochs=10, verbose=True):
        for epoch in range(epochs):
            for xb, yb in self.minibatches(X, y, self.batch_size):
                acts, p = self._forward(xb)
                grad = (p - self._one_hot(yb)) / len(xb)
                for i in reversed(range(len(self.layers))):
                    layer = self.layers[i]
                    layer.dW, layer.db = acts[i].T @ grad, grad.sum(0)
                    if i:
                        grad = (grad @ layer.W.T) * tanh_grad(acts[i])
                for layer in self.layers:
                    layer.W -= self.lr * layer.dW
                    layer.b -= self.lr * layer.db
            if verbose:
                print(f"epoch {epoch}")
        return self


X, y = fetch_openml("mnist_784", return_X_y=True)
MLP([784, 64, 10], args.lr).fit(X / 255, y)
