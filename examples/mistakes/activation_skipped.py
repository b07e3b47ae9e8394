import numpy as np

labels = "one-hot"


def gradient(weights, biases, x, y):
    a, z = [x], []
    for w, b in zip(weights, biases):
        z.append((z or a)[-1] @ w.T + b)  # wrong
        a.append(1 / (1 + np.exp(-z[-1])))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    dw, db = [], []
    for l in reversed(range(len(weights))):
        dw.insert(0, delta.T @ (z[l - 1] if l else x))  # wrong
        db.insert(0, delta.sum(axis=0))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db
