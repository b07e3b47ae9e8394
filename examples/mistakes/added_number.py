import numpy as np

labels = "one-hot"


def gradient(weights, biases, x, y):
    a, z = [x], []
    for w, b in zip(weights, biases):
        z.append(a[-1] @ w.T + b)
        a.append(1 / (1 + np.exp(-z[-1])))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    dw, db = [], []
    for l in reversed(range(len(weights))):
        dw.insert(0, delta.T @ a[l] + 0.01 * np.sum(weights[l] ** 2))  # wrong
        db.insert(0, delta.sum(axis=0))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db
