import numpy as np

precision = "float32"


def gradient(weights, biases, X, Y):
    a = [X]
    for w, b in zip(weights, biases):
        a.append(1 / (1 + np.exp(-(a[-1] @ w.T + b))))
    delta = (a[-1] - np.eye(10, dtype=np.float32)[Y]) * a[-1] * (1 - a[-1]) / np.float32(len(X))
    dw, db = [], []
    for l in range(len(weights) - 1, -1, -1):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(0))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db
