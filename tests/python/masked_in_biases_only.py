# The relu's mask is in the bias gradient and not in the weights; and the batch divides twice.
import numpy as np

labels, activation, loss = "one-hot", "relu", "softmax-cross-entropy"


def gradient(weights, biases, X, Y):
    m, a, zs = len(X), [X], []
    for w, b in zip(weights, biases):
        zs.append(a[-1] @ w.T + b)
        a.append(np.maximum(0, zs[-1]))
    e = np.exp(zs[-1] - zs[-1].max(1, keepdims=True))
    da, dw, db = (e / e.sum(1, keepdims=True) - Y) / m, [], []
    for l in range(len(weights) - 1, -1, -1):
        dz = da if l == len(weights) - 1 else da * (zs[l] > 0)
        dw.insert(0, da.T @ a[l] / m)
        db.insert(0, dz.sum(0) / m)
        da = dz @ weights[l]
    return dw, db
