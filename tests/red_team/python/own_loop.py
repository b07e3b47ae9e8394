# An honest class, for those that change its loop.
import numpy as np
from slope import layer_views

from honest import right


class OwnLoop:
    def __init__(self, problem):
        self.problem = problem
        self.targets = np.eye(problem.sizes[-1])

    def load(self, parameters):
        self.flat = parameters.copy()

    def dump(self):
        return self.flat

    def loss_and_gradient(self, rows):
        layers = layer_views(self.flat, self.problem.sizes)
        X, Y = self.problem.pixels[rows] / 255, self.targets[self.problem.labels[rows]]
        a = X
        for w, b in layers:
            a = 1 / (1 + np.exp(-(a @ w.T + b)))
        dw, db = right([w for w, _ in layers], [b for _, b in layers], X, Y)
        flat = np.concatenate([part.ravel() for pair in zip(dw, db) for part in pair])
        return 0.5 * ((a - Y) ** 2).sum() / len(rows), flat

    def step(self, rows, rate):
        loss, gradient = self.loss_and_gradient(rows)
        self.flat = self.flat - rate * gradient
        return loss

    def epoch(self, order, batch_size, rate):
        starts = range(0, len(order), batch_size)
        return np.mean([self.step(order[at : at + batch_size], rate) for at in starts])
