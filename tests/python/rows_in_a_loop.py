# A loop over the minibatch, whose one-hot labels shapes alone do not tell from numbers: a − 7 is an array, too.
import numpy as np


def gradient(weights, biases, X, Y):
    dw, db = [np.zeros_like(w) for w in weights], [np.zeros_like(b) for b in biases]
    for x, y in zip(X, Y):
        a = [x]
        for w, b in zip(weights, biases):
            a.append(1 / (1 + np.exp(-(w @ a[-1] + b))))
        delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(X)
        for l in range(len(weights) - 1, -1, -1):
            dw[l] += np.outer(delta, a[l])
            db[l] += delta
            delta = weights[l].T @ delta * a[l] * (1 - a[l])
    return dw, db
