# Bytes / 256, and the bias gradient summed over the neurons too.
import numpy as np
from common import forward

labels, pixels = "one-hot", "bytes"


def gradient(weights, biases, X, Y):
    a = forward(weights, biases, X / 256.0)
    delta, dw, db = (a[-1] - Y) * a[-1] * (1 - a[-1]), [], []
    for l in range(len(weights) - 1, -1, -1):
        dw.insert(0, delta.T @ a[l] / len(X))
        db.insert(0, np.ones_like(biases[l]) * np.sum(delta) / len(X))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db
