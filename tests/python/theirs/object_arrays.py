import numpy as np


class Net:
    def __init__(self, shape):
        self.w = np.array([np.random.randn(o, i) for i, o in zip(shape, shape[1:])], dtype=object)
        self.b = np.array([np.random.randn(o) for o in shape[1:]], dtype=object)

    def gradients(self, x, y):
        a = [x]
        for w, b in zip(self.w, self.b):
            a.append(1 / (1 + np.exp(-(np.dot(w, a[-1]) + b))))
        dw, db = np.empty_like(self.w), np.empty_like(self.b)
        delta = (a[-1] - y) * a[-1] * (1 - a[-1])
        for l in range(len(self.w) - 1, -1, -1):
            dw[l], db[l] = np.outer(delta, a[l]), delta
            delta = np.dot(self.w[l].T, delta) * a[l] * (1 - a[l])
        return dw, db

    def step(self, batch, eta):
        dw, db = 0 * self.w, 0 * self.b
        for x, y in batch:
            gw, gb = self.gradients(x, y)
            dw, db = dw + gw, db + gb
        self.w = self.w - eta * dw / len(batch)
        self.b = self.b - eta * db / len(batch)
