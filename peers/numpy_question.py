"""Peer numpy_question: the NumPy program that many write first, after chapter 1 of M. Nielsen, Neural Networks
and Deep Learning (2015): one example at a time, float64, vectors as columns, a list of arrays for the layers.

It is the program that Slope began with, corrected. It spends most of its time in a Python loop over the
examples of a minibatch, and that stays. What kept it from learning is fixed.
"""

from __future__ import annotations

import numpy as np
from slope import layer_views


class NumpyQuestion:
    """NumPy, one example at a time as in the question, float64, corrected"""

    name = "numpy_question"
    precision = "float64"
    threads = True

    def __init__(self, problem):
        sizes = problem.sizes
        self.hidden = HIDDEN[problem.activation]
        self.softmax = problem.loss == "softmax-cross-entropy"
        self.sizes = sizes
        self.weights = [np.zeros((n, below)) for below, n in zip(sizes, sizes[1:])]
        self.biases = [np.zeros((n, 1)) for n in sizes[1:]]
        unit_vectors = [column for column in np.eye(sizes[-1])[:, :, np.newaxis]]
        inputs = columns(problem.pixels)
        self.examples = [(x, unit_vectors[label]) for x, label in zip(inputs, problem.labels)]
        np.seterr(over="ignore")  # e^−z overflows to infinity, and 1 / infinity is the right 0

    def load(self, parameters):
        for l, (weights, biases) in enumerate(layer_views(parameters, self.sizes)):
            self.weights[l] = weights.copy()
            self.biases[l] = biases.reshape(-1, 1).copy()

    def dump(self):
        return self._flat(self.weights, self.biases)

    def loss_and_gradient(self, rows):
        loss, nabla_w, nabla_b = self._sums([self.examples[row] for row in rows])
        n = len(rows)
        return loss / n, self._flat([nw / n for nw in nabla_w], [nb / n for nb in nabla_b])

    def epoch(self, order, batch_size, rate):
        loss = 0.0
        for start in range(0, len(order), batch_size):
            batch = [self.examples[row] for row in order[start : start + batch_size]]
            loss += self._update(batch, rate)
        return loss / len(order)

    def _update(self, batch, rate):
        """One step of gradient descent; returns Σ loss."""
        loss, nabla_w, nabla_b = self._sums(batch)
        step = rate / len(batch)
        self.weights = [w - step * nw for w, nw in zip(self.weights, nabla_w)]
        self.biases = [b - step * nb for b, nb in zip(self.biases, nabla_b)]
        return loss

    def _sums(self, batch):
        """Σ loss and Σ gradient over the examples of a minibatch."""
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        loss = 0.0
        for x, y in batch:
            example_loss, delta_w, delta_b = self._backpropagate(x, y)
            loss += example_loss
            nabla_w = [nw + dw for nw, dw in zip(nabla_w, delta_w)]
            nabla_b = [nb + db for nb, db in zip(nabla_b, delta_b)]
        return loss, nabla_w, nabla_b

    def _forward(self, x):
        """The activations of all layers, the input first; weighted sums z in the last."""
        activations = [x]
        last = len(self.weights) - 1
        for l, (w, b) in enumerate(zip(self.weights, self.biases)):
            z = np.dot(w, activations[-1]) + b
            activations.append(self.hidden[0](z) if l < last else z)
        return activations

    def _backpropagate(self, x, y):
        """The loss of one example and its gradient, a list of arrays for the weights and one for the biases."""
        activations = self._forward(x)
        loss, delta = self._output_loss_and_delta(activations.pop(), y)
        delta_w, delta_b = [], []
        for l in range(len(self.weights) - 1, -1, -1):
            a = activations[l]
            delta_w.insert(0, np.outer(delta, a))
            delta_b.insert(0, delta)
            if l > 0:  # the pixels need no gradient
                delta = np.dot(self.weights[l].T, delta) * self.hidden[1](a)
        return loss, delta_w, delta_b

    def _output_loss_and_delta(self, z, y):
        if self.softmax:
            z = z - z.max()
            e = np.exp(z)
            total = e.sum()
            return float(np.log(total) - np.sum(z * y)), e / total - y
        a = sigmoid(z)
        return float(0.5 * np.sum((a - y) ** 2)), (a - y) * a * (1 - a)

    def _flat(self, weights, biases):
        return np.concatenate([part.ravel() for pair in zip(weights, biases) for part in pair])


def columns(pixels):
    """Bytes (n, features) as a list of n columns (features, 1) from 0 to 1."""
    return [row.reshape(-1, 1) / 255 for row in pixels]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# A hidden activation as a function of z, and its derivative by z as one of the activation a.
HIDDEN = {
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),
    "tanh": (lambda z: np.tanh(z), lambda a: 1 - a * a),
    "relu": (lambda z: np.maximum(z, 0), lambda a: (a > 0).astype(float)),
}
