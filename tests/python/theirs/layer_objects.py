# Layers as objects: backward leaves the gradients in them. Rows, (in, out), biases (1, n).
import numpy as np


class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) * 0.01
        self.b = np.zeros((1, n_out))

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, grad):
        self.dW = self.X.T @ grad
        self.db = grad.sum(axis=0, keepdims=True)
        return grad @ self.W.T


class Tanh:
    def forward(self, X):
        self.out = np.tanh(X)
        return self.out

    def backward(self, grad):
        return grad * (1 - self.out**2)


class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        e = np.exp(logits - logits.max(1, keepdims=True))
        self.p = e / e.sum(1, keepdims=True)
        self.labels = labels
        return -np.log(self.p[range(len(labels)), labels]).mean()

    def backward(self):
        grad = self.p.copy()
        grad[range(len(self.labels)), self.labels] -= 1
        return grad / len(self.labels)


if __name__ == "__main__":
    main()
