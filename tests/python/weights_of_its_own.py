# a class whose load stores the parameters and whose forward uses others
import numpy as np
class Net:
    """its own weights"""
    precision = "float64"
    def __init__(self, problem):
        rng = np.random.default_rng(0)
        self.p = problem
        s = problem.sizes
        self.W = [rng.normal(0, 0.5, (o, i)) for i, o in zip(s, s[1:])]
        self.b = [np.zeros(o) for o in s[1:]]
        self.flat = np.concatenate([np.concatenate([w.ravel(), b]) for w, b in zip(self.W, self.b)])
    def load(self, parameters): self.flat = np.array(parameters)
    def dump(self): return self.flat
    def loss_and_gradient(self, rows):
        x = self.p.pixels[rows] / 255; y = np.eye(self.p.sizes[-1])[self.p.labels[rows]]
        a = [x]
        for W, b in zip(self.W, self.b): a.append(1 / (1 + np.exp(-(a[-1] @ W.T + b))))
        d = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
        out = []
        for l in range(len(self.W) - 1, -1, -1):
            out.insert(0, np.concatenate([(d.T @ a[l]).ravel(), d.sum(0)]))
            d = d @ self.W[l] * a[l] * (1 - a[l])
        return 0.5 * np.sum((a[-1] - y) ** 2) / len(x), np.concatenate(out)
