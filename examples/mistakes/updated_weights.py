import numpy as np

labels = "one-hot"


def train_batch(weights, biases, x, y, rate):
    a = [x]
    for w, b in zip(weights, biases):
        a.append(1 / (1 + np.exp(-(a[-1] @ w.T + b))))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(x)
    for l in reversed(range(len(weights))):
        weights[l] -= rate * delta.T @ a[l]
        biases[l] -= rate * delta.sum(axis=0)
        delta = delta @ weights[l] * a[l] * (1 - a[l])  # wrong
