# The full form: a flat vector of parameters, and an epoch of its own.
import numpy as np


class Flat:
    """a flat vector, with its own loop"""

    def __init__(self, problem):
        self.problem, self.theta = problem, None
        self.X, self.Y = problem.pixels / 255, np.eye(problem.sizes[-1])[problem.labels]

    def load(self, parameters):
        self.theta = parameters.copy()

    def dump(self):
        return self.theta

    def cost(self, theta, rows):
        layers, at = [], 0
        for n, m in zip(self.problem.sizes, self.problem.sizes[1:]):
            layers.append((theta[at : at + n * m].reshape(m, n), theta[at + n * m : at + n * m + m]))
            at += n * m + m
        a = [self.X[rows]]
        for w, b in layers:
            a.append(1 / (1 + np.exp(-(a[-1] @ w.T + b))))
        error = a[-1] - self.Y[rows]
        delta, parts = error * a[-1] * (1 - a[-1]) / len(rows), []
        for l in range(len(layers) - 1, -1, -1):
            parts = [(delta.T @ a[l]).ravel(), delta.sum(0)] + parts
            delta = delta @ layers[l][0] * a[l] * (1 - a[l])
        return 0.5 * (error**2).sum() / len(rows), np.concatenate(parts)

    def loss_and_gradient(self, rows):
        return self.cost(self.theta, rows)

    def epoch(self, order, batch_size, rate):
        total = 0.0
        for at in range(0, len(order), batch_size):
            rows = order[at : at + batch_size]
            loss, grad = self.cost(self.theta, rows)
            self.theta -= rate * grad
            total += loss * len(rows)
        return total / len(order)
