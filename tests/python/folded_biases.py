# One matrix theta a layer, whose first column is the bias; a column of ones is put before each activation.
import numpy as np

loss = "softmax-cross-entropy"


def with_ones(a):
    return np.c_[np.ones((a.shape[0], 1)), a]


def cost_and_grad(thetas, X, y, K):
    Y = np.eye(K)[y]
    a = [with_ones(X)]
    for theta in thetas[:-1]:
        a.append(with_ones(1.0 / (1.0 + np.exp(-a[-1].dot(theta.T)))))
    logits = a[-1].dot(thetas[-1].T)
    logits -= logits.max(axis=1)[:, None]
    p = np.exp(logits) / np.exp(logits).sum(axis=1)[:, None]
    J = -(Y * np.log(p)).sum() / len(X)
    delta, grads = p - Y, []
    for theta, activation in zip(thetas[::-1], a[::-1]):
        grads.insert(0, delta.T.dot(activation) / len(X))
        delta = (delta.dot(theta) * activation * (1 - activation))[:, 1:]
    return J, grads


def gradient(weights, biases, X, Y):
    thetas = [np.c_[b, w] for w, b in zip(weights, biases)]
    J, grads = cost_and_grad(thetas, X, Y, len(biases[-1]))
    return [g[:, 1:] for g in grads], [g[:, 0] for g in grads], J
