# Each layer updates itself on the way back, after it has passed its gradient on.
import numpy as np

labels = "one-hot"


def train_batch(weights, biases, X, Y, rate):
    inputs = [X]
    for w, b in zip(weights, biases):
        inputs.append(1 / (1 + np.exp(-(inputs[-1] @ w.T + b))))
    grad = (inputs[-1] - Y) / len(X)
    for l in range(len(weights) - 1, -1, -1):
        delta = grad * inputs[l + 1] * (1 - inputs[l + 1])
        grad = delta @ weights[l]
        weights[l] -= rate * delta.T @ inputs[l]
        biases[l] = biases[l] - rate * delta.sum(axis=0)
