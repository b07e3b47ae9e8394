"""Peer scalar_autograd: automatic differentiation of single numbers in pure Python, float64, as learners write it
first (after A. Karpathy's micrograd, 2020; written anew).

Every product and every sum of the network is an object that knows how to pass its gradient on. A gradient is a walk
over all of them, backwards. It is by far the slowest way, and the shortest to understand.
"""

from __future__ import annotations

import math

import numpy as np
from slope import layer_views


class Value:
    """A number, the numbers that it was made from, and how much a change of each changes it."""

    __slots__ = ("data", "grad", "parents", "slopes")

    def __init__(self, data, parents=(), slopes=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.slopes = slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def scaled(self, factor):
        return Value(self.data * factor, (self,), (factor,))

    def sigmoid(self):
        a = 1 / (1 + math.exp(-self.data)) if self.data > -700 else 0.0
        return Value(a, (self,), (a * (1 - a),))

    def tanh(self):
        a = math.tanh(self.data)
        return Value(a, (self,), (1 - a * a,))

    def relu(self):
        return Value(self.data, (self,), (1.0,)) if self.data > 0 else Value(0.0, (self,), (0.0,))

    def backward(self):
        """Adds d(self)/d(each number it was made from) to that number's grad."""
        order = in_order(self)
        self.grad = 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


def in_order(last):
    """All numbers that `last` was made from, each after its parents. A loop: Python's calls do not nest that deep."""
    order, seen, stack = [], set(), [(last, False)]
    while stack:
        value, is_done = stack.pop()
        if is_done:
            order.append(value)
        elif value not in seen:
            seen.add(value)
            stack.append((value, True))
            stack.extend((parent, False) for parent in value.parents if parent not in seen)
    return order


def total(values):
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def squares(z, label):
    """½‖σ(z) − y‖²"""
    differences = [one.sigmoid() + Value(-1.0 if k == label else 0.0) for k, one in enumerate(z)]
    return total([one * one for one in differences]).scaled(0.5)


def cross_entropy(z, label):
    """log Σ e^z − z[label]; the greatest z is subtracted against overflow, which changes nothing."""
    greatest = max(one.data for one in z)
    powers = [math.exp(one.data - greatest) for one in z]
    whole = sum(powers)
    log_sum = Value(math.log(whole) + greatest, tuple(z), tuple(power / whole for power in powers))
    return log_sum + z[label].scaled(-1.0)


class ScalarAutograd:
    """Pure Python, automatic differentiation of single numbers as in micrograd, float64"""

    name = "scalar_autograd"
    precision = "float64"

    def __init__(self, problem):
        self.problem = problem
        self.activate = getattr(Value, problem.activation)
        self.loss = squares if problem.loss == "sigmoid-quadratic" else cross_entropy
        # [layer][unit]: its weights, then its bias.
        self.layers = [
            [[Value(0.0) for _ in range(inputs + 1)] for _ in range(outputs)]
            for inputs, outputs in zip(problem.sizes, problem.sizes[1:])
        ]

    def load(self, parameters):
        for units, (weights, biases) in zip(self.layers, layer_views(parameters, self.problem.sizes)):
            for unit, row, bias in zip(units, weights.tolist(), biases.tolist()):
                for value, number in zip(unit, row + [bias]):
                    value.data = number

    def dump(self):
        return self._flat("data")

    def loss_and_gradient(self, rows):
        return self._backpropagate(rows), self._flat("grad")

    def epoch(self, order, batch_size, rate):
        loss = 0.0
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            loss += self._backpropagate(rows) * len(rows)
            for value in self._parameters():
                value.data -= rate * value.grad
        return loss / len(order)

    def _parameters(self):
        return [value for units in self.layers for unit in units for value in unit]

    def _backpropagate(self, rows):
        """Leaves the gradient of the mean loss in the parameters; returns that loss."""
        for value in self._parameters():
            value.grad = 0.0
        loss = 0.0
        for row in rows:
            # One example after the other, so that the numbers in between are freed.
            share = self._loss_of(row).scaled(1 / len(rows))
            share.backward()
            loss += share.data
        return loss

    def _loss_of(self, row):
        pixels = self.problem.pixels[row].tolist()
        # A pixel that is 0 adds nothing: neither to a sum nor to a gradient.
        inputs = [(i, Value(byte / 255)) for i, byte in enumerate(pixels) if byte]
        for l, units in enumerate(self.layers):
            z = [total([unit[-1]] + [unit[i] * a for i, a in inputs]) for unit in units]
            if l < len(self.layers) - 1:
                inputs = list(enumerate(map(self.activate, z)))
        return self.loss(z, int(self.problem.labels[row]))

    def _flat(self, what):
        """Canonical order: layer by layer the weights, then the biases."""
        parts = []
        for units in self.layers:
            table = np.array([[getattr(value, what) for value in unit] for unit in units])
            parts += [table[:, :-1].ravel(), table[:, -1]]
        return np.concatenate(parts)
