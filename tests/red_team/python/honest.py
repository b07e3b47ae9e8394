# What the cheats beside it compute until they cheat.
import numpy as np

labels = "one-hot"


def right(weights, biases, X, Y):
    a = [X]
    for w, b in zip(weights, biases):
        a.append(1 / (1 + np.exp(-(a[-1] @ w.T + b))))
    delta, dw, db = (a[-1] - Y) * a[-1] * (1 - a[-1]) / len(X), [], []
    for l in range(len(weights) - 1, -1, -1):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(0))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db


gradient = right
