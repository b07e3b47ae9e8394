"""Peer numpy_batch: a whole minibatch per call, float32, on NumPy's BLAS.

One gather and two matrix products per layer and step, everything else in place, in arrays that are made
once: what a NumPy program can do without leaving NumPy.
"""

from __future__ import annotations

import numpy as np
from slope import layer_views, parameter_count


class NumpyBatch:
    """NumPy, a whole minibatch per call, float32 on its BLAS"""

    name = "numpy_batch"
    precision = "float32"
    threads = True

    def __init__(self, problem):
        self.sizes = problem.sizes
        self.hidden_activation = problem.activation
        self.output_loss = problem.loss
        # Bytes, not float32: rows are visited in random order, and a quarter of the memory traffic pays for
        # the conversion (measured, m = 60,000: 1.8 µs instead of 3.3 µs at B = 10, 216 instead of 450 µs at
        # B = 1,000). Their division by 255 is done on the small side of the product, see _forward.
        self.pixels = problem.pixels
        self.targets = np.eye(self.sizes[-1], dtype=np.float32)[problem.labels]
        # One array for all parameters and one for the gradient, so that an update is a single subtraction.
        count = parameter_count(self.sizes)
        self.parameters = np.zeros(count, np.float32)
        self.gradient = np.zeros(count, np.float32)
        self.layers = layer_views(self.parameters, self.sizes)
        self.gradients = layer_views(self.gradient, self.sizes)
        self.workspaces = {}
        np.seterr(over="ignore")  # e^−z overflows to infinity, and 1 / infinity is the right 0

    def load(self, parameters):
        self.parameters[:] = parameters

    def dump(self):
        return self.parameters.astype(np.float64)

    def loss_and_gradient(self, rows):
        loss = self._backpropagate(rows, 1 / len(rows))
        return loss / len(rows), self.gradient.astype(np.float64)

    def epoch(self, order, batch_size, rate):
        loss = 0.0
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            # The gradient comes out multiplied by the rate, which saves one pass over it.
            loss += self._backpropagate(rows, rate / len(rows))
            np.subtract(self.parameters, self.gradient, self.parameters)
        return loss / len(order)

    def _workspace(self, n):
        if n not in self.workspaces:
            self.workspaces[n] = Workspace(n, self.sizes)
        return self.workspaces[n]

    def _forward(self, work):
        """Weighted sums z (n, classes) of the output layer; activations of the hidden ones stay in `work`."""
        a = work.inputs
        last = len(self.layers) - 1
        for l, (weights, biases) in enumerate(self.layers):
            z = np.dot(a, weights.T, work.outputs[l])
            if l == 0:
                np.multiply(z, PIXEL_SCALE, z)
            np.add(z, biases, z)
            if l < last:
                activate(self.hidden_activation, z)
            a = z
        return a

    def _backpropagate(self, rows, scale):
        """Writes scale · Σ gradient over these rows to self.gradient; returns Σ loss."""
        work = self._workspace(len(rows))
        self.pixels.take(rows, 0, work.bytes, "clip")  # "raise" would copy through a buffer
        np.copyto(work.inputs, work.bytes)
        self.targets.take(rows, 0, work.targets, "clip")
        z = self._forward(work)
        loss = output_loss_and_delta(self.output_loss, z, work.targets, work.spare[-1])
        np.multiply(z, np.float32(scale), z)

        delta = z
        for l in range(len(self.layers) - 1, -1, -1):
            weight_gradient, bias_gradient = self.gradients[l]
            np.dot(work.ones, delta, bias_gradient)
            if l == 0:
                np.multiply(delta, PIXEL_SCALE, delta)
                np.dot(delta.T, work.inputs, weight_gradient)
                break  # the pixels need no gradient
            a = work.outputs[l - 1]
            np.dot(delta.T, a, weight_gradient)
            delta = np.dot(delta, self.layers[l][0], work.spare[l - 1])
            times_slope(self.hidden_activation, delta, a)
        return loss


PIXEL_SCALE = 1 / 255


class Workspace:
    """The arrays of a minibatch of n rows, written by every step."""

    def __init__(self, n, sizes):
        self.bytes = np.empty((n, sizes[0]), np.uint8)
        self.inputs = np.empty((n, sizes[0]), np.float32)
        self.targets = np.empty((n, sizes[-1]), np.float32)
        self.ones = np.ones(n, np.float32)
        # (n, width) for each layer: z, then the activation; for hidden layers also the delta.
        self.outputs = [np.empty((n, width), np.float32) for width in sizes[1:]]
        self.spare = [np.empty((n, width), np.float32) for width in sizes[1:]]


def sigmoid(z):
    """In place: 1 / (1 + e^−z)."""
    np.negative(z, z)
    np.exp(z, z)
    np.add(z, 1, z)
    np.reciprocal(z, z)


def activate(activation, z):
    """In place: the activation of a hidden layer."""
    if activation == "sigmoid":
        sigmoid(z)
    elif activation == "tanh":
        np.tanh(z, z)
    else:
        np.maximum(z, 0, z)


def times_slope(activation, delta, a):
    """delta ← delta ⊙ da/dz, of a hidden layer, from its activation a, which is overwritten."""
    if activation == "sigmoid":  # a(1 − a)
        np.multiply(delta, a, delta)
        np.subtract(1, a, a)
    elif activation == "tanh":  # 1 − a²
        np.multiply(a, a, a)
        np.subtract(1, a, a)
    else:  # 1 where relu let z through
        np.sign(a, a)
    np.multiply(delta, a, delta)


def output_loss_and_delta(output_loss, z, targets, spare):
    """Σ loss over the rows; z (n, classes) becomes dLoss/dz, `spare` is overwritten."""
    if output_loss == "sigmoid-quadratic":  # loss ½‖a − y‖², delta (a − y)·a·(1 − a)
        sigmoid(z)
        np.subtract(1, z, spare)
        np.multiply(spare, z, spare)
        np.subtract(z, targets, z)
        loss = 0.5 * float(np.vdot(z, z))
        np.multiply(z, spare, z)
        return loss
    # Loss −log softmax(z)[label], delta softmax(z) − y; the greatest z is subtracted against overflow.
    np.subtract(z, z.max(axis=1, keepdims=True), z)
    at_label = float(np.vdot(z, targets))
    np.exp(z, z)
    sums = z.sum(axis=1, keepdims=True)
    np.divide(z, sums, z)
    np.subtract(z, targets, z)
    return float(np.log(sums).sum()) - at_label
