import numpy as np

labels = "one-hot"


def train_batch(weights, biases, x, y, rate):
    for image, target in zip(x, y):  # wrong: each image sees other weights
        a = [image]
        for w, b in zip(weights, biases):
            a.append(1 / (1 + np.exp(-(w @ a[-1] + b))))
        delta = (a[-1] - target) * a[-1] * (1 - a[-1]) / len(x)
        for l in reversed(range(len(weights))):
            below = weights[l].T @ delta * a[l] * (1 - a[l])
            weights[l] -= rate * np.outer(delta, a[l])
            biases[l] -= rate * delta
            delta = below
