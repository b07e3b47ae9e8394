import numpy as np

labels = "one-hot"


def gradient(weights, biases, x, y):
    a = [x]
    for w, b in zip(weights, biases):
        z = a[-1] @ w.T + b
        assert np.abs(z).max() < 300, "z is too large"  # wrong
        a.append(1 / (1 + np.exp(-z)))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    dw, db = [], []
    for l in reversed(range(len(weights))):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(axis=0))
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw, db
