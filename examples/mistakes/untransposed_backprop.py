import numpy as np

labels, layers = "one-hot", [20, 6, 6, 6]


def gradient(weights, biases, x, y):
    a, z = [x], []
    for w, b in zip(weights, biases):
        z.append(a[-1] @ w.T + b)
        a.append(1 / (1 + np.exp(-z[-1])))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    dw, db = [], []
    for l in reversed(range(len(weights))):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(axis=0))
        if l > 0:
            delta = delta @ weights[l].T * a[l] * (1 - a[l])  # wrong
    return dw, db
