# Softmax along the wrong axis, the diagonal of its derivative, and a sigmoid's slope behind a relu.
import numpy as np

labels, activation, loss = "one-hot", "relu", "softmax-cross-entropy"


def gradient(weights, biases, X, Y):
    a = [X]
    for w, b in zip(weights, biases):
        z = a[-1] @ w.T + b
        a.append(np.maximum(0, z))
    p = np.exp(z - z.max())
    p = p / p.sum(axis=0)
    delta, dw, db = (p - Y) * p * (1 - p) / len(X), [], []
    for l in range(len(weights) - 1, -1, -1):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(0))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db
