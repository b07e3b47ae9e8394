from __future__ import annotations
import numpy as np
from typing import Optional, Callable, TypeVar
from tqdm import tqdm

T = TypeVar("T")
rng = np.random.default_rng(42)


class Tensor:
    def __init__(self, data, _children=(), _op=''):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self._backward = lambda: None
        self._prev = set(_children)
        self._op = _op

    @staticmethod
    def unbroadcast(grad, shape):
        while grad.ndim > len(shape):
            grad = grad.sum(axis=0)
        for axis, size in enumerate(shape):
            if size == 1:
                grad = grad.sum(axis=axis, keepdims=True)
        return grad

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        out = Tensor(self.data + other.data, (self, other), '+')

        def _backward():
            self.grad += Tensor.unbroadcast(out.grad, self.data.shape)
            other.grad += Tensor.unbroadcast(out.grad, other.data.shape)
        out._backward = _backward
        return out

    def __matmul__(self, other):
        out = Tensor(self.data @ other.data, (self, other), '@')

        def _backward():
            self.grad += out.grad @ other.data.T
            other.grad += self.data.T @ out.grad
        out._backward = _backward
        return out

    def relu(self):
        out = Tensor(np.maximum(0, self.data), (self,), 'ReLU')

        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out

    def log_softmax(self):
        shifted = self.data - self.data.max(axis=-1, keepdims=True)
        lse = np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        out = Tensor(shifted - lse, (self,), 'logsoftmax')

        def _backward():
            self.grad += out.grad - np.exp(out.data) * out.grad.sum(axis=-1, keepdims=True)
        out._backward = _backward
        return out

    def nll(self, y):
        n = len(y)
        out = Tensor(-self.data[np.arange(n), y].mean(), (self,), 'nll')

        def _backward():
            g = np.zeros_like(self.data)
            g[np.arange(n), y] = -1 / n
            self.grad += g * out.grad
        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = np.ones_like(self.data)
        for v in reversed(topo):
            v._backward()


class MLP:
    def __init__(self, sizes):
        self.weights = [Tensor(rng.normal(size=(i, o))) for i, o in zip(sizes, sizes[1:])]
        self.biases = [Tensor(np.zeros((1, o))) for o in sizes[1:]]

    def __call__(self, x):
        for W, b in zip(self.weights[:-1], self.biases[:-1]):
            x = (x @ W + b).relu()
        return (x @ self.weights[-1] + self.biases[-1]).log_softmax()


X_train, y_train = load_mnist()
model = MLP([784, 128, 10])
for step in tqdm(range(1000)):
    pass
