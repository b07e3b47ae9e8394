import numpy as np

biases, labels = None, "one-hot"


def gradient(weights, X, Y):
    a = [X]
    for w in weights:
        a.append(1 / (1 + np.exp(-(a[-1] @ w.T))))
    delta, dw = (a[-1] - Y) * a[-1] * (1 - a[-1]) / len(X), []
    for l in range(len(weights) - 1, -1, -1):
        dw.insert(0, delta.T @ a[l])
        delta = delta @ weights[l] * a[l] * (1 - a[l])
    return dw
