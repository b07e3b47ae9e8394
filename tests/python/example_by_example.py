# Updates after each example of the minibatch, through weights that the same example has changed.
import numpy as np

labels, images = "one-hot", "row"


def train_batch(weights, biases, X, Y, rate):
    for x, y in zip(X, Y):
        a = [x]
        for w, b in zip(weights, biases):
            a.append(1 / (1 + np.exp(-(w.dot(a[-1]) + b))))
        delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / len(X)
        for l in range(len(weights) - 1, -1, -1):
            weights[l] -= rate * np.outer(delta, a[l])
            biases[l] -= rate * delta
            delta = weights[l].T.dot(delta) * a[l] * (1 - a[l])
