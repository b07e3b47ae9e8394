import numpy as np

labels = "one-hot"
activation = "relu"


def gradient(weights, biases, x, y):
    a, z = [x], []
    for l, (w, b) in enumerate(zip(weights, biases)):
        z.append(a[-1] @ w.T + b - (50 if l == 0 else 0))  # wrong
        a.append(np.maximum(z[-1], 0))
    a[-1] = 1 / (1 + np.exp(-z[-1]))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    dw, db = [], []
    for l in reversed(range(len(weights))):
        dw.insert(0, delta.T @ a[l])
        db.insert(0, delta.sum(axis=0))
        delta = delta @ weights[l] * (a[l] > 0)
    return dw, db
